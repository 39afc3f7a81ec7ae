import { expect, it } from "vitest";
import { shortReason } from "../src/sort/short-reason";

it("keeps the numbers of a long reason", () => {
  const reason = "the classifier is unsure of it (doubt 0.99) and little like it has been decided (novelty 0.46)";
  expect(shortReason(reason)).toBe("doubt 0.99, novelty 0.46");
});

it("keeps a reason without numbers whole", () => {
  expect(shortReason("drawn at random")).toBe("drawn at random");
  expect(shortReason("next in the data (in order)")).toBe("next in the data (in order)");
});
