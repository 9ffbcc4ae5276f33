import type { DoorName } from "./client/job.ts";
import type { ServerName } from "./servers/server.ts";

/** A server under test and one of its doors: a row of the tables. */
export interface Contender {
  name: string;
  title: string;
  server: ServerName;
  door: DoorName;
}

/** In the order in which they are measured and shown. */
export const CONTENDERS = [
  { name: "direct", title: "Direct, no server", server: "direct", door: "chat" },
  { name: "pipe", title: "Minimal Node pipe (yardstick)", server: "pipe", door: "chat" },
  { name: "portkey", title: "Portkey", server: "portkey", door: "chat" },
  { name: "cogniforge", title: "CogniForge `/v1`", server: "cogniforge", door: "chat" },
  {
    name: "cogniforge-shared",
    title: "CogniForge `/v1`, over PostgreSQL and Redis",
    server: "cogniforge-shared",
    door: "chat",
  },
  { name: "cogniforge-sse", title: "CogniForge plain SSE", server: "cogniforge", door: "sse" },
  { name: "trpc-sse", title: "Minimal tRPC, SSE", server: "trpc", door: "minimal-trpc-sse" },
  { name: "cogniforge-trpc-sse", title: "CogniForge tRPC, SSE", server: "cogniforge", door: "trpc-sse" },
  { name: "trpc-ws", title: "Minimal tRPC, WebSocket", server: "trpc", door: "minimal-trpc-ws" },
  { name: "cogniforge-trpc-ws", title: "CogniForge tRPC, WebSocket", server: "cogniforge", door: "trpc-ws" },
] as const satisfies Contender[];

export type ContenderName = (typeof CONTENDERS)[number]["name"];
