import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TRPCClientError } from "@trpc/client";
import { expect, test, vi } from "vitest";
import { KEY, oneProvider, startServer, type TestServer } from "./_server.ts";
import { type Client, overHttp, watch } from "./_trpc_client.ts";
import { startUpstream, streamReply, type Upstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

/** A folder of a project with one file of each kind, removed at the end. */
async function project(): Promise<{ path: string } & AsyncDisposable> {
  const parent = await mkdtemp(join(tmpdir(), "cogniforge-asked-"));
  const path = join(parent, "متجر shop");
  await mkdir(join(path, "src"), { recursive: true });
  await writeFile(join(path, "README.md"), "# Shop\n");
  await writeFile(join(path, ".env"), "TOKEN=not-for-anybody\n");
  await writeFile(join(path, "src", "pay_invoice.ts"), `export class InvoicePayer {}\nconst own = "${KEY}";\n`);
  return { path, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}

const serve = (upstream: Pick<Upstream, "url">, environment: Record<string, string>): Promise<TestServer> =>
  startServer({
    environment,
    config: oneProvider(upstream.url),
  });

interface Message {
  role: string;
  content: string;
}
const messagesOf = ({ requests }: Upstream, index = -1) => requests.at(index)?.json?.messages as Message[];

/** Answers with the names of the files that it was sent. */
const startEcho = () =>
  startUpstream(({ json }) => {
    const [first] = (json?.messages ?? []) as Message[];
    const names = first?.role === "system" ? (first.content.match(/[\w./-]+\.(?:ts|md)/g) ?? []) : [];
    return streamReply(`Files: ${[...new Set(names)].join(", ")}`);
  });

async function askToEnd(client: Client, asking: Parameters<Client["answers"]["start"]["mutate"]>[0]) {
  const { answerId, conversationId = "" } = await client.answers.start.mutate(asking);
  await watch(client, { answerId }).done;
  return { answerId, conversationId };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => expect.fail("The call was not refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw error;
  return error.data.failure.code;
}

test.concurrent("a question about the project is sent with the index, and what is told to be sent is what was sent", async () => {
  await using folder = await project();
  await using upstream = await startEcho();
  await using server = await serve(upstream, {
    COGNIFORGE_PROJECT_DIR: folder.path,
    COGNIFORGE_PROJECT_MAX_CHARS: "9000",
  });
  const client = overHttp(server.url);
  expect(await client.project.info.query()).toEqual({ name: "متجر shop", maxCharacters: 9000 });

  const question = "ما هي نقاط ضعف المشروع؟";
  const { answerId, conversationId } = await askToEnd(client, { question, project: true });
  const sent = await client.project.sent.query({ answerId });
  expect(messagesOf(upstream)).toEqual([
    { role: "system", content: sent?.text },
    { role: "user", content: question },
  ]);
  expect(sent?.text.length).toBeLessThanOrEqual(9000);
  expect(sent?.text).toContain("InvoicePayer");
  for (const secret of ["not-for-anybody", KEY, folder.path]) expect(sent?.text).not.toContain(secret);
  const shown = sent?.sections.map(({ start, end }) => sent.text.slice(start, end)).join("");
  expect(shown).toBe(sent?.text);

  const { turns } = await client.conversations.get.query({ conversationId });
  expect(turns[0]?.project).toEqual({ name: "متجر shop", version: sent?.version, length: sent?.text.length });
  expect(turns[0]?.answer?.text).toContain("src/pay_invoice.ts");
});

test.concurrent("a conversation stays about the project until a question says otherwise, and older indexes are not sent again", async () => {
  await using folder = await project();
  await using upstream = await startEcho();
  await using server = await serve(upstream, { COGNIFORGE_PROJECT_DIR: folder.path });
  const client = overHttp(server.url);
  const { conversationId } = await askToEnd(client, { question: "Q1", project: true });
  await writeFile(join(folder.path, "src", "refund.ts"), "export const refund = 1;\n");
  await askToEnd(client, { conversationId, question: "Q2" });
  expect(messagesOf(upstream).map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
  expect(messagesOf(upstream)[0]?.content).toContain("refund.ts");
  await askToEnd(client, { conversationId, question: "Q3", project: false });
  expect(messagesOf(upstream).map(({ role }) => role)).not.toContain("system");
  await askToEnd(client, { conversationId, question: "Q4" });
  expect(messagesOf(upstream).map(({ role }) => role)).not.toContain("system");
  const { turns } = await client.conversations.get.query({ conversationId });
  expect(turns.map(({ project: about }) => about !== undefined)).toEqual([true, true, false, false]);
  expect(turns[0]?.project?.version).not.toBe(turns[1]?.project?.version);
});

test.concurrent("the plain SSE route answers the old questions from the project, and others without it", async () => {
  await using folder = await project();
  await using upstream = await startEcho();
  await using server = await serve(upstream, { COGNIFORGE_PROJECT_DIR: folder.path });
  const ask = async (fields: Record<string, unknown>) => {
    const response = await server.post("/admin/api/chat/stream", fields);
    return {
      status: response.status,
      text: await response.text(),
      isAbout: messagesOf(upstream)[0]?.role === "system",
    };
  };
  for (const question of [
    "ما هي نقاط ضعف المشروع؟",
    "حلل بنية المشروع",
    "Analyse the structure of the project and suggest improvements",
    "What are the weak points of this codebase?",
  ]) {
    const { text, isAbout } = await ask({ question });
    expect(isAbout, question).toBe(true);
    expect(text, question).toContain("src/pay_invoice.ts");
  }
  for (const question of ["ما هي عاصمة المغرب؟", "How do I project a film?"]) {
    expect((await ask({ question })).isAbout, question).toBe(false);
  }
  expect((await ask({ question: "Who?", project: true })).isAbout).toBe(true);
  expect((await ask({ question: "حلل المشروع", project: "false" })).isAbout).toBe(false);
  expect((await ask({ question: "Who?", project: "perhaps" })).status).toBe(400);
});

test.concurrent("the limit of a question's length concerns the question alone, and asking twice reads and sends once", async () => {
  await using folder = await project();
  await using upstream = await startEcho();
  await using server = await serve(upstream, {
    COGNIFORGE_PROJECT_DIR: folder.path,
    ADMIN_AI_MAX_QUESTION_LENGTH: "20",
  });
  const client = overHttp(server.url);
  const asking = { answerId: "asked-only-once", question: "x".repeat(20), project: true };
  await askToEnd(client, asking);
  const sent = await client.project.sent.query(asking);
  await writeFile(join(folder.path, "later.ts"), "");
  await askToEnd(client, asking);
  expect(await client.project.sent.query(asking)).toEqual(sent);
  expect(upstream.requests).toHaveLength(1);
  expect(await codeOf(client.answers.start.mutate({ question: "x".repeat(21), project: true }))).toBe(
    "question-too-long",
  );
});

test.concurrent("a question about a project that is not there, or can't be read, is refused and leaves nothing behind", async () => {
  await using folder = await project();
  await using upstream = await startEcho();
  await using without = await serve(upstream, {});
  const none = overHttp(without.url);
  expect(await none.project.info.query()).toBeNull();
  expect(await codeOf(none.answers.start.mutate({ question: "Q", project: true }))).toBe("project-not-configured");
  expect((await none.conversations.list.query()).conversations).toEqual([]);

  await using server = await serve(upstream, { COGNIFORGE_PROJECT_DIR: folder.path });
  const client = overHttp(server.url);
  await rename(folder.path, `${folder.path}-moved`);
  expect(await codeOf(client.answers.start.mutate({ question: "Q", project: true }))).toBe("project-unreadable");
  expect((await client.conversations.list.query()).conversations).toEqual([]);
  expect(upstream.requests).toEqual([]);
  // It works as soon as the folder is back.
  await rename(`${folder.path}-moved`, folder.path);
  await askToEnd(client, { question: "Q", project: true });
  expect(upstream.requests).toHaveLength(1);
});

test.concurrent("what was sent is shown to nobody but its owner", async () => {
  await using folder = await project();
  await using upstream = await startEcho();
  await using server = await startServer({
    environment: { COGNIFORGE_PROJECT_DIR: folder.path },
    hasAdministrator: true,
    config: {
      providers: { one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" } },
      routes: { default: { targets: [{ provider: "one" }] } },
    },
  });
  const { answerId } = await askToEnd(overHttp(server.url), { question: "Q", project: true });
  const other = overHttp(server.url, { cookie: await server.signIn(), origin: server.url });
  expect(await codeOf(other.project.sent.query({ answerId }))).toBe("answer-not-found");
  expect(await codeOf(overHttp(server.url, {}).project.info.query())).toBe("unauthenticated");
});

test.concurrent("a folder that does not exist stops the start", async () => {
  await expect(startServer({ environment: { COGNIFORGE_PROJECT_DIR: "/nowhere/at/all" } })).rejects.toThrow(
    /COGNIFORGE_PROJECT_DIR/,
  );
});
