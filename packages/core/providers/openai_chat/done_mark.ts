/** Whether the data of an event is the end mark of OpenAI's streams, in whatever case, and in quotes where a server encodes it. */
export function isDoneMark(data: string): boolean {
  return data.length <= 8 && /^"?\[done\]"?$/i.test(data);
}
