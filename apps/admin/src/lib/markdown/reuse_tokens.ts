import type { Token, Tokens } from "marked";

/**
 * The fresh reading of a source with every part that reads as before replaced by the object from before.
 *
 * What shows a token can then tell by identity that nothing has changed: of a long list or table that grows, only its last
 * parts are looked at.
 */
export function reuseTokens(before: Token, fresh: Token): Token {
  if (before.type !== fresh.type) return fresh;
  if (isSame(before, fresh)) return before;
  if (fresh.type === "list") return reuseItems(before as Tokens.List, fresh as Tokens.List);
  if (fresh.type === "table") return reuseRows(before as Tokens.Table, fresh as Tokens.Table);
  if (fresh.type !== "blockquote") return fresh;
  return { ...fresh, tokens: reuseAll((before as Tokens.Blockquote).tokens, fresh.tokens ?? []) };
}

function reuseAll(before: readonly Token[], fresh: readonly Token[]): Token[] {
  return fresh.map((token, index) => {
    const old = before[index];
    return old === undefined ? token : reuseTokens(old, token);
  });
}

function reuseItems(before: Tokens.List, fresh: Tokens.List): Tokens.List {
  const items = fresh.items.map((item, index) => {
    const old = before.items[index];
    if (old === undefined) return item;
    return isSame(old, item) ? old : { ...item, tokens: reuseAll(old.tokens, item.tokens) };
  });
  return { ...fresh, items };
}

function reuseRows(before: Tokens.Table, fresh: Tokens.Table): Tokens.Table {
  const isSameHead = isSame(before.header, fresh.header) && isSame(before.align, fresh.align);
  if (!isSameHead) return fresh;
  const rows = fresh.rows.map((row, index) => {
    const old = before.rows[index];
    return old !== undefined && isSame(old, row) ? old : row;
  });
  return { ...fresh, header: before.header, rows };
}

/** Whether two readings say the same, links that were defined in between and loose lists included. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  // Nearly all that differs differs in its source, which is quicker to compare than what was read from it.
  if ("raw" in one && "raw" in other && one.raw !== other.raw) return false;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((part, index) => isSame(part, other[index]))
    );
  }
  const names = Object.keys(one) as (keyof typeof one)[];
  return names.length === Object.keys(other).length && names.every((name) => isSame(one[name], other[name]));
}
