/** Folders of version control, of dependencies, of credentials, and of what tools build or cache. */
const FOLDERS = new Set([
  ...[".git", ".hg", ".svn", ".jj", ".bzr", "_darcs", "CVS"],
  ...["node_modules", "bower_components", "jspm_packages", ".yarn", ".pnpm-store", "vendor", "Pods", "Carthage"],
  ...[".venv", "venv", "virtualenv", "site-packages", "__pycache__", "__pypackages__", ".eggs", ".tox", ".nox"],
  ...[".mypy_cache", ".pytest_cache", ".ruff_cache", ".cache", ".parcel-cache", ".turbo", ".nx", ".gradle", ".bundle"],
  ...[".next", ".nuxt", ".svelte-kit", ".output", ".angular", ".terraform", ".serverless", "elm-stuff"],
  ...[".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".gcloud", ".password-store", ".secrets", "secrets"],
]);

/** Build folders of which the name alone says too little: left out beside the manifest of what builds them. */
const BUILT_BESIDE: readonly (readonly [folder: string, manifest: string])[] = [
  ["target", "Cargo.toml"],
  ["target", "pom.xml"],
  ["build", "build.gradle"],
  ["build", "build.gradle.kts"],
  ["_build", "mix.exs"],
  ["deps", "mix.exs"],
];

const SECRET_NAMES: readonly RegExp[] = [
  /^\.env/i,
  /\.env(?:\.\w+)?$/i,
  /^\.?(?:envrc|npmrc|yarnrc\.yml|pypirc|netrc|_netrc|pgpass|my\.cnf|htpasswd|dockercfg|s3cfg|boto|git-credentials)$/i,
  /^_netrc$/i,
  /\.(?:pem|key|p8|p12|pfx|pkcs12|jks|jceks|keystore|truststore|kdbx?|ppk|ovpn|asc|gpg|pgp|der|age|agekey)$/i,
  /^(?:id|ssh_host)_(?:rsa|dsa|ecdsa|ed25519)/i,
  /^(?:[\w.-]*[-_.])?(?:credentials?|secrets?|passwords?|passwd|api[-_]?keys?)(?:[-_.][\w-]+)*\.(?:json|ya?ml|toml|ini|cfg|conf|xml|properties|csv|txt|plist|enc)$/i,
  /^(?:credentials?|secrets?|passwords?|passwd|shadow|kubeconfig|known_hosts|authorized_keys|master\.key)$/i,
  /service[-_]?account[\w.-]*\.json$/i,
  /^client[-_]secret[\w.-]*\.json$/i,
  /\.(?:tfstate|tfvars)(?:\.\w+)*$/i,
  /^(?:local\.settings|google-services|firebase-adminsdk[\w.-]*)\.json$/i,
];

/** Whether a folder is never entered. `siblings` are the names beside it. */
export function isFolderLeftOut(name: string, siblings: ReadonlySet<string>): boolean {
  return FOLDERS.has(name) || BUILT_BESIDE.some(([folder, manifest]) => folder === name && siblings.has(manifest));
}

/** Whether a file's name says that it holds secrets: it is neither read nor named. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.some((pattern) => pattern.test(name));
}
