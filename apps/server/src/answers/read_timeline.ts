import type { Journal } from "@cogniforge/core/journal";
import type { TimelineData } from "@cogniforge/core/metrics";
import { AnswerTimeline } from "@cogniforge/core/metrics";

/** Events of one page when the past is read. */
const PAGE = 500;

/** When each attempt and each piece of text came, as far as the journal has it. */
export async function readTimeline(journal: Journal, answerId: string): Promise<TimelineData> {
  const timeline = new AnswerTimeline();
  for (;;) {
    const events = await journal.read(answerId, timeline.seq, PAGE);
    if (events.length === 0) return timeline.data();
    for (const event of events) timeline.note(event);
  }
}
