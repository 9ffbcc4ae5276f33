/** Told what comes of one answer. */
export interface AnswerSink {
  text(text: string): void;
  /** Nothing more comes; the fault if the answer did not end as it should. */
  done(fault?: string): void;
}

/** What is said on one connection, one answer after the other. */
export interface Talk {
  /** Asks for the next answer. */
  ask(sink: AnswerSink): void;
  /** Takes what the server says. */
  data(bytes: Buffer): void;
}
