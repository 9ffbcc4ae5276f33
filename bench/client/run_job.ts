import type { Job, JobResult } from "./job.ts";
import { Lane } from "./lane.ts";
import { Tally } from "./tally.ts";

/** Does one job and tells what came of it. */
export function runJob(job: Job): Promise<JobResult> {
  const tally = new Tally();
  const batch = job.ramp?.batch ?? job.lanes;
  return new Promise((resolve) => {
    let left = job.lanes;
    const onDone = () => {
      if (--left === 0) resolve(tally.result());
    };
    let started = 0;
    const startBatch = () => {
      const until = Math.min(job.lanes, started + batch);
      while (started < until) new Lane(job, started++, tally, onDone).start();
      if (started < job.lanes) setTimeout(startBatch, job.ramp?.everyMs);
    };
    startBatch();
  });
}
