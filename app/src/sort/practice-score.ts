/** What came of a practice run so far. */

export interface Practised {
  readonly row: number;
  /** null until it is answered. */
  readonly said: string | null;
  /** The known answer, told once it is answered. */
  readonly known: string | null;
}

export interface Found {
  readonly asked: number;
  readonly right: number;
}

export interface PracticeScore extends Found {
  /** In the order of the classes. */
  readonly classes: readonly Found[];
}

export function isRight({ said, known }: Practised): boolean {
  return known !== null && said === known;
}

export function scoreOf(questions: readonly Practised[], classes: readonly string[]): PracticeScore {
  const told = questions.filter(({ known }) => known !== null);
  const found = (some: readonly Practised[]) => ({ asked: some.length, right: some.filter(isRight).length });
  return {
    ...found(told),
    classes: classes.map((name) => found(told.filter(({ known }) => known === name))),
  };
}

/** Which were answered otherwise than is known. */
export function mistakesOf(questions: readonly Practised[]): readonly Practised[] {
  return questions.filter((question) => question.known !== null && !isRight(question));
}

/** "7 of 8", for the classes that were asked. */
export function foundText({ asked, right }: Found): string {
  return `${right} of ${asked}`;
}
