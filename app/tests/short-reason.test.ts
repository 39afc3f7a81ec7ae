import { expect, it } from "vitest";
import { shortReason } from "../src/sort/short-reason";

it("keeps the first number in each pair of brackets", () => {
  const reason = "unsure of it (doubt 0.99), little like it decided (novelty 0.46, weight 0.33)";
  expect(shortReason(reason)).toBe("doubt 0.99, novelty 0.46");
});

it("keeps a reason without numbers whole", () => {
  expect(shortReason("drawn at random")).toBe("drawn at random");
  expect(shortReason("next in the data (in order)")).toBe("next in the data (in order)");
});
