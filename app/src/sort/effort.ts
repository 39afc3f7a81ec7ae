/** How long answering takes, in words. */

const USUAL_SECONDS = 3;

export function effortText(questions: number, secondsPerAnswer: number | null): string {
  if (!questions) return "There is nothing to audit: every candidate is decided by you.";
  const minutes = (questions * (secondsPerAnswer ?? USUAL_SECONDS)) / 60;
  const time = minutes < 1.5 ? "about a minute" : `about ${Math.round(minutes)} minutes`;
  const pace = secondsPerAnswer === null ? `${USUAL_SECONDS} seconds an answer` : "your pace";
  return `${questions === 1 ? "1 question" : `${questions.toLocaleString("en")} questions`}, ${time} at ${pace}.`;
}
