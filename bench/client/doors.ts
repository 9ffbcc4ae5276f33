import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { HttpTalk, requestText } from "./http_talk.ts";
import type { Job } from "./job.ts";
import type { Talk } from "./talk.ts";
import { WebSocketTalk } from "./web_socket_talk.ts";

const QUESTION = "Tell me of the library of Alexandria in plain words, please";

/** Begins a talk at the job's door; `lane` is the number of its connection. */
export function openDoor(socket: Socket, job: Job, lane: number): Talk {
  const { headers, model, answerIds = [] } = job;
  switch (job.door) {
    case "chat":
      return new HttpTalk(socket, {
        first: () => requestText("POST", "/v1/chat/completions", headers, chatBody(job)),
        key: '"content":"',
        endMark: job.isStreamed ? "data: [DONE]" : '"finish_reason":"stop"',
      });
    case "sse":
      return new HttpTalk(socket, {
        first: () => requestText("POST", "/admin/api/chat/stream", headers, { question: QUESTION, route: model }),
        key: '"content":"',
        endMark: '"outcome":"completed"',
      });
    case "attach":
      return new HttpTalk(socket, {
        first: () => requestText("GET", `/v1/answers/${answerIds[lane % answerIds.length]}/stream`, headers),
        key: '"content":"',
        endMark: "data: [DONE]",
      });
    case "trpc-sse":
      return new HttpTalk(socket, {
        first: () => requestText("POST", "/trpc/answers.start", headers, startInput(model)),
        second: (reply) => requestText("GET", subscriptionPath("answers.watch", watchInput(reply)), headers),
        key: '"text":"',
        endMark: '"outcome":"completed"',
      });
    case "trpc-ws":
      return new WebSocketTalk(socket, {
        headers,
        start: () => ({ path: "answers.start", input: startInput(model) }),
        watch: (reply) => ({ path: "answers.watch", input: watchInput(reply) }),
        endMark: '"outcome":"completed"',
      });
    case "minimal-trpc-sse":
      return new HttpTalk(socket, {
        first: () => requestText("GET", subscriptionPath("ask", { model, question: QUESTION }), headers),
        key: '"text":"',
        endMark: "event: return",
      });
    case "minimal-trpc-ws":
      return new WebSocketTalk(socket, {
        headers,
        watch: () => ({ path: "ask", input: { model, question: QUESTION } }),
        endMark: '"type":"stopped"',
      });
  }
}

function chatBody({ model, isStreamed }: Job): object {
  return { model: model, stream: isStreamed, messages: [{ role: "user", content: QUESTION }] };
}

/** The id is chosen here, as the project's client does it. */
function startInput(model: string): object {
  return { answerId: randomBytes(16).toString("hex"), question: QUESTION, route: model };
}

function watchInput(reply: string): object {
  const { result } = JSON.parse(reply) as { result: { data: { answerId: string; cursor: string } } };
  return { answerId: result.data.answerId, lastEventId: result.data.cursor };
}

function subscriptionPath(procedure: string, input: object): string {
  return `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`;
}
