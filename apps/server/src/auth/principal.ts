/** Who is asking: a signed-in user or a program with a key. Answers and conversations belong to its `id`. */
export interface Principal {
  /** `user:…` or `key:…`. */
  id: string;
  kind: "user" | "key";
  role: "administrator" | "member";
  /** For people to read. */
  name: string;
}
