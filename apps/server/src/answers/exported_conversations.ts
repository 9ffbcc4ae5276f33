import { foldJournal } from "@cogniforge/core/engine";
import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import type { ReadRecords } from "../storage/read_records.ts";
import type { ConversationTree, ConversationView, ViewSources } from "./conversation_view.ts";
import { viewBranch, withAnswers } from "./conversation_view.ts";
import { viewOfState } from "./views.ts";

/** Version of the JSON that is exported. */
const EXPORT_VERSION = 1;

/** Gives conversations whole, whoever keeps them. */
export interface ConversationTrees {
  getTree(principal: Principal, id: string): Promise<ConversationTree>;
}

/** A conversation with all its branches, and each answer's attempts and measures, as JSON. */
export async function conversationJson(
  conversations: ConversationTrees,
  principal: Principal,
  id: string,
): Promise<{ title: string; text: string }> {
  const tree = await conversations.getTree(principal, id);
  const exported = { object: "conversation", version: EXPORT_VERSION, exportedAt: Date.now(), ...tree };
  return { title: tree.title, text: `${JSON.stringify(exported, undefined, 2)}\n` };
}

/** Conversations out of a store that is only read, without the engine that carries answers. */
export class ExportedConversations implements ConversationTrees {
  readonly #store: ReadRecords["conversations"];
  readonly #sources: ViewSources;

  constructor({ conversations, records, journal }: Omit<ReadRecords, "kysely">) {
    this.#store = conversations;
    this.#sources = {
      records,
      answers: {
        async get(principal, answerId) {
          const entry = await journal.find(answerId);
          if (entry?.header.owner !== principal.id) throw new FailureError("answer-not-found");
          return viewOfState(entry.header, await foldJournal(journal, answerId));
        },
      },
    };
  }

  async get(principal: Principal, id: string): Promise<ConversationView> {
    const conversation = await this.#find(principal, id);
    const turns = await this.#store.turns(id);
    return viewBranch(this.#sources, principal, { conversation, turns, lastId: conversation.shownTurnId });
  }

  async getTree(principal: Principal, id: string): Promise<ConversationTree> {
    const conversation = await this.#find(principal, id);
    return { ...conversation, turns: await withAnswers(this.#sources, principal, await this.#store.turns(id)) };
  }

  async #find(principal: Principal, id: string) {
    const conversation = await this.#store.find(principal.id, id);
    if (conversation === undefined) throw new FailureError("conversation-not-found");
    return conversation;
  }
}
