/** How long what is kept is kept, in milliseconds; absent: for ever. */
export interface RetentionConfig {
  /** After its end, an answer's journal is compacted; absent: never. */
  readonly compactAfterMs?: number;
  /** Conversations since their last question, with their answers. */
  readonly conversationsMs?: number;
  /** Answers that belong to no conversation, as programs ask for them, since their end. */
  readonly answersMs?: number;
  /** The measures of single answers; what they sum up to is kept apart. */
  readonly measuresMs?: number;
  readonly auditMs?: number;
}
