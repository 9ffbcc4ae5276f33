import { FailureError } from "@cogniforge/client";
import { createContext } from "svelte";
import type { LiveAnswer } from "#lib/answer/live_answer.svelte.ts";
import type { ConsoleApi, SystemStatus } from "#lib/api/console_api.ts";
import { localized } from "#lib/i18n/localized.ts";
import { m } from "#lib/paraglide/messages.js";
import { ProjectState } from "#lib/project/project_state.svelte.ts";
import { signOut } from "#lib/session/sign_in.ts";
import { followWhileVisible } from "#lib/ui/follow_while_visible.ts";
import { ToastState } from "#lib/ui/toast.svelte.ts";
import { Conversation } from "./conversation.svelte.ts";
import { ConversationList } from "./conversation_list.svelte.ts";
import { ConversationSearch } from "./conversation_search.svelte.ts";
import { type Choices, choicesOf } from "./route_choices.ts";

export interface ConsoleStateOptions {
  api: ConsoleApi;
  /** A question was asked in the conversation; a new one has no page of its own yet. */
  onAsked: (conversationId: string) => void;
  onSignedOut: () => void;
}

/** What all pages of the console share: made in their layout, handed on by context. */
export class ConsoleState {
  readonly api: ConsoleApi;
  readonly list: ConversationList;
  readonly search: ConversationSearch;
  readonly conversation: Conversation;
  readonly project: ProjectState;
  readonly toast = new ToastState();
  readonly #onSignedOut: () => void;
  /** Whether the reader is signing out: then what fails for want of a session is no news. */
  #isLeaving = false;
  choices = $state.raw<Choices>({ routes: [], targets: [] });
  status = $state.raw<SystemStatus | undefined>();
  /** Said by assistive technology, politely. */
  announcement = $state("");

  constructor({ api, onAsked, onSignedOut }: ConsoleStateOptions) {
    this.#onSignedOut = () => {
      if (!this.#isLeaving) onSignedOut();
    };
    this.api = this.#watched(api);
    this.list = new ConversationList(this.api);
    this.search = new ConversationSearch(this.api);
    this.project = new ProjectState(this.api);
    this.conversation = new Conversation({
      api: this.api,
      hasProject: () => this.project.info !== undefined,
      onAsked: (conversationId) => {
        onAsked(conversationId);
        this.announcement = m.announce_started();
        // Asking takes a conversation out of the archive.
        if (this.list.isArchive) void this.list.showArchive(false);
        else void this.list.refresh();
      },
      onAnswerEnd: (answer) => {
        this.announcement = announcementOf(answer);
        // The title and the order may have changed with the answer.
        void this.list.refresh();
      },
    });
  }

  /** Reads what every page needs, and follows what other pages change until `signal` aborts. */
  async start(signal: AbortSignal): Promise<void> {
    void followWhileVisible(signal, (visible) => this.#follow(visible));
    await Promise.all([this.list.refresh(), this.refreshStatus(), this.refreshChoices(), this.project.refresh()]);
  }

  /** Ends the session; where the reader goes then is the caller's affair. */
  async signOut(): Promise<void> {
    this.#isLeaving = true;
    try {
      await signOut();
    } catch (error) {
      this.#isLeaving = false;
      throw error;
    }
  }

  /** What a question can be put to; without it the default route is asked. */
  async refreshChoices(): Promise<void> {
    try {
      this.choices = choicesOf(await this.api.routes());
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    try {
      for await (const ids of this.api.watchConversations(signal)) {
        const { id } = this.conversation;
        const isOpenOne = id !== undefined && (ids === undefined || ids.includes(id));
        await Promise.all([this.list.refresh(), isOpenOne && this.conversation.refresh()]);
      }
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (error.info.code === "unauthenticated") this.#onSignedOut();
    }
  }

  /** What is set up and what is not; an unreachable server shows itself elsewhere. */
  async refreshStatus(): Promise<void> {
    try {
      this.status = await this.api.status();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
    }
  }

  /** Notices with any call that the session is over. */
  #watched(api: ConsoleApi): ConsoleApi {
    const noticing =
      <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        try {
          return await call(...args);
        } catch (error) {
          if (error instanceof FailureError && error.info.code === "unauthenticated") this.#onSignedOut();
          throw error;
        }
      };
    return {
      ...api,
      ask: noticing(api.ask),
      listConversations: noticing(api.listConversations),
      getConversation: noticing(api.getConversation),
      timeline: noticing(api.timeline),
      searchConversations: noticing(api.searchConversations),
      showTurn: noticing(api.showTurn),
      archiveConversation: noticing(api.archiveConversation),
      restoreConversation: noticing(api.restoreConversation),
      renameConversation: noticing(api.renameConversation),
      removeConversation: noticing(api.removeConversation),
      sentProject: noticing(api.sentProject),
      readProviders: noticing(api.readProviders),
      readOverview: noticing(api.readOverview),
      readLatest: noticing(api.readLatest),
      armDrill: noticing(api.armDrill),
      disarmDrill: noticing(api.disarmDrill),
      testTarget: noticing(api.testTarget),
      resetBreaker: noticing(api.resetBreaker),
      saveRoute: noticing(api.saveRoute),
      resetRoute: noticing(api.resetRoute),
      restoreRoute: noticing(api.restoreRoute),
      routeHistory: noticing(api.routeHistory),
      listAudit: noticing(api.listAudit),
    };
  }
}

/** What is said of an answer that has ended: once, never token by token. */
function announcementOf({ phase, failure }: LiveAnswer): string {
  if (phase === "cancelled") return m.announce_cancelled();
  if (failure === undefined) return m.announce_ended();
  return m.announce_failed({ message: localized(failure.message) });
}

export const [getConsole, setConsole] = createContext<ConsoleState>();
