import type { Bilingual } from "@cogniforge/core/events";
import { isForbiddenHost } from "./forbidden_hosts.ts";

export type BaseUrlResult = { url: URL } | { message: Bilingual };

/** Reads the base URL of a provider; the message of a refusal never repeats the URL, as it can hold a password. */
export function parseBaseUrl(text: string): BaseUrlResult {
  const refuse = (en: string, ar: string): BaseUrlResult => ({ message: { en, ar } });
  const url = URL.parse(text.trim());
  if (url === null) {
    return refuse(
      "Expected a URL such as 'http://127.0.0.1:11434/v1', found a text that is none",
      "المتوقع عنوان URL مثل 'http://127.0.0.1:11434/v1'، والموجود نص ليس عنوانًا",
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return refuse(
      `Expected a URL that begins with http:// or https://, found the scheme '${url.protocol}'`,
      `المتوقع عنوان يبدأ بـ http:// أو https://، والموجود '${url.protocol}'`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    return refuse(
      "Expected a URL without a user name or a password in it: give the key in its own variable or field",
      "المتوقع عنوان بلا اسم مستخدم أو كلمة مرور: ضع المفتاح في متغيره أو حقله الخاص",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    return refuse(
      "Expected a URL without '?' and '#', as the paths of the API are added to its end",
      "المتوقع عنوان بلا '?' و '#'، لأن مسارات الواجهة تضاف إلى آخره",
    );
  }
  if (isForbiddenHost(url.hostname)) {
    return refuse(
      `Expected the address of a provider, found '${url.hostname}', a link-local address or a cloud's metadata service`,
      `المتوقع عنوان مزود، والموجود '${url.hostname}'، وهو عنوان محلي للوصلة أو خدمة بيانات السحابة`,
    );
  }
  return { url };
}

/** The URL without a slash at its end, as the dialects append `/chat/completions`. */
export function formatBaseUrl(url: URL): string {
  return url.href.replace(/\/+$/, "");
}

/** Appends `/v1` where no segment of the path is a version (`/v1`, `/v1beta/openai` are left as they are). */
export function withVersionPath(url: URL): URL {
  if (url.pathname.split("/").some((segment) => /^v\d+[a-z0-9.]*$/i.test(segment))) return url;
  const versioned = new URL(url);
  versioned.pathname = `${url.pathname.replace(/\/+$/, "")}/v1`;
  return versioned;
}
