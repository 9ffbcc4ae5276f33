import { BlockList, isIP } from "node:net";

/**
 * Addresses at which clouds give their machines credentials, and link-local ones in general: a request there could carry them into an
 * answer. Private addresses are not among them, since local gateways are what many providers are.
 */
const forbidden = new BlockList();
// Link-local: AWS, Google Cloud, Azure, Oracle, DigitalOcean and OpenStack at .169.254, tasks of AWS ECS at .170.2 and .170.23.
forbidden.addSubnet("169.254.0.0", 16, "ipv4");
forbidden.addSubnet("fe80::", 10, "ipv6");
// Alibaba Cloud, Oracle Cloud, and Azure's own channel to its machines.
forbidden.addAddress("100.100.100.200", "ipv4");
forbidden.addAddress("192.0.0.192", "ipv4");
forbidden.addAddress("168.63.129.16", "ipv4");
// AWS (of instances, of pods) and Google Cloud over IPv6.
forbidden.addAddress("fd00:ec2::254", "ipv6");
forbidden.addAddress("fd00:ec2::23", "ipv6");
forbidden.addAddress("fd20:ce::254", "ipv6");

const FORBIDDEN_NAMES = new Set(["metadata.google.internal", "metadata.goog", "metadata", "instance-data"]);

/** Whether nothing may be asked at an address, however it is spelled in IPv6. */
export function isForbiddenAddress(address: string): boolean {
  // A zone as in `fe80::1%eth0` names an interface of this machine.
  const plain = address.split("%", 1)[0] ?? "";
  const version = isIP(plain);
  if (version === 0) return false;
  if (version === 4) return forbidden.check(plain, "ipv4");
  if (forbidden.check(plain, "ipv6")) return true;
  const inside = embeddedIpv4(plain);
  return inside !== undefined && forbidden.check(inside, "ipv4");
}

/** The same for the host of a URL, as `URL` writes it: decimal, octal and hexadecimal addresses are plain there. */
export function isForbiddenHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  return isIP(host) === 0 ? FORBIDDEN_NAMES.has(host) : isForbiddenAddress(host);
}

/** The IPv4 address that an IPv6 one leads to: mapped, compatible, by NAT64 (RFC 6052) or by 6to4 (RFC 3056). */
function embeddedIpv4(address: string): string | undefined {
  // `URL` writes every spelling in groups of hexadecimal digits.
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = "", right] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const tail = right === undefined ? [] : groups(right);
  const zeros = right === undefined ? [] : Array<string>(8 - groups(left).length - tail.length).fill("0");
  const words = [...groups(left), ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  const at = words[0] === 0x2002 ? 1 : 6;
  const beginning = words
    .slice(0, 6)
    .map((word) => word.toString(16))
    .join(":");
  const isKnown =
    at === 1 || ["0:0:0:0:0:0", "0:0:0:0:0:ffff", "64:ff9b:0:0:0:0", "64:ff9b:1:0:0:0"].includes(beginning);
  if (!isKnown) return undefined;
  const [high = 0, low = 0] = words.slice(at, at + 2);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
