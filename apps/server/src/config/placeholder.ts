/** What people and templates write where a real value belongs. */
const PLACEHOLDERS = [
  /^<.*>$/s,
  /^\[.*\]$/s,
  /^\$\{.*\}$/s,
  /^\{\{.*\}\}$/s,
  /^[x*.…_-]+$/i,
  // A key's prefix, then nothing but filling: `sk-or-v1-xxxxxxxx…`, `sk-...`, `AIza***`.
  /^(sk|pk|key|AIza)[\w-]*?[-_]?(x{4,}|\*{3,}|\.{3,}|…|0{12,})$/i,
  /^(sk-|sk-or-v1-|sk-or-|sk-ant-|sk-proj-)?(your|my|insert|enter|put|paste|add)[-_ ]?(own[-_ ]?)?(\w+[-_ ])*?(api[-_ ]?)?(key|token|secret|password|url)([-_ ]?here)?$/i,
  /^(sk-|sk-or-v1-|sk-or-|sk-ant-|sk-proj-)?your[-_ ].*[-_ ]here$/i,
  /^(change[-_ ]?(me|this|it)|replace[-_ ]?(me|this|it|with.*)|place[-_ ]?holder|to[-_ ]?do|tbd|dummy|none|null|undefined)!*$/i,
  /^(api[-_ ]?key|secret|token|password|key)[-_ ]?here$/i,
  /^[^\s@]+@your[-_][\w-]+(\.[\w.-]+)?$/i,
];

/** Hosts that nobody can own (RFC 2606), so that a URL of them is a template's. */
const RESERVED_HOST =
  /^https?:\/\/([\w-]+\.)*(example|example\.(com|net|org)|invalid|your[-_][\w-]+(\.[\w.-]+)?)(?=[:/]|$)/i;

/** Whether a key, a password or a URL is still what a template left there, which counts as not set. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDERS.some((pattern) => pattern.test(value)) || RESERVED_HOST.test(value);
}
