import { asciiBytes } from './bytes.js';

/**
 * What a word in a name says. `negative`: behind the keyword, the name is of something about a secret; `negativeBefore`: when it stands right before
 * the keyword; `negativeBoth`: before or behind;
 * `qualifier`: makes a secret of a following `key`; `neutral`: says nothing.
 */
export type WordRole = 'password' | 'secret' | 'token' | 'auth' | 'key' | 'qualifier' | 'neutral' | 'negative' | 'negativeBefore' | 'negativeBoth' | 'unknown';

const words: Readonly<Record<Exclude<WordRole, 'unknown'>, string>> = {
  password:
    'password passwords passwd passe motdepasse contrase contrasena passwort kennwort passphrase passcode pass pwd pw psk senha senhas wachtwoord wachtwoorden senord parola heslo salasana adgangskode hasloo mdp clave passwrd dbpass dbpassword dbpasswd dbpwd userpass userpwd mypass rootpass ' +
    'dbpw userpw adminpw rootpw loginpw sqlpw mysqlpw smtppw ftppw mailpw ldappw sshpw pgpass adminpass sqlpass mysqlpass smtppass ftppass mailpass authpass ldappass redispass requirepass masterauth sshpass storepass keypass keystorepass truststorepass masterpass',
  secret: 'secret secrets clientsecret appsecret apisecret jwtsecret webhooksecret sharedsecret secretkey',
  token:
    'token tokens apikey apikeys accesskey privatekey signingkey encryptionkey masterkey accountkey sharedkey sharedaccesskey authkey hmackey authtoken accesstoken refreshtoken ' +
    'apitoken bottoken sessiontoken usertoken bearertoken credential credentials creds cred bearer appkey servicekey subscriptionkey storagekey consumerkey deploykey ' +
    'presharedkey sessionkey cookiekey licensetoken xapikey',
  auth: 'auth authorization jwt',
  key: 'key keys',
  qualifier:
    'api access secret private signing signature sign encryption encrypt crypto cipher master account shared service authentication storage subscription app application consumer ' +
    'deploy deployment admin write hmac aes session cookie webhook root functions cron client bot integration ingest ingestion license preshared wireguard ssh ssl tls pgp gpg ' +
    'stream streaming upload rest restricted live merchant gateway azure aws gcp stripe sendgrid openai anthropic datadog twilio mailgun algolia bearer refresh integration fernet wifi wpa wlan network partner vapid device server ecdh totp otp maps geo push function unlock wrapping gossip gcm fcm apns',
  neutral:
    'a env prod production dev development stage staging test testing qa uat default value val str string base b bytes raw plain plaintext cleartext text primary secondary new old current ' +
    'confirm confirmation confirmed again repeat live main db database user admin root me my our the in as for of from temp tmp local internal external us eu id_rsa v data content ' +
    'temporary initial original backup fallback json yaml config cfg conf',
  negativeBoth:
    'count length len min max minimum maximum num total required require requires invalid missing expired hash hashed check verify compare show hide use cancel lock design unexpected mask ' +
    'public publickey publickeytoken publishable csrf xsrf csrftoken xsrftoken csrfmiddlewaretoken authenticity antiforgery program page pagination continuation cursor idempotency',
  negative:
    'limit type types id ids url urls uri uris endpoint endpoints expires expiry expiration expire exp ttl file files filename path paths dir ' +
    'directory folder name names policy policies field fields label labels hint hints placeholder regex regexp pattern rule rules strength status state enabled disabled enable disable ' +
    'valid validity validate validation validator validators changed change reset updated update created deleted removed at date time timestamp age error errors err message ' +
    'messages msg title description desc help format prefix suffix header headers param params parameter parameters scope scopes issuer audience algorithm alg algo version provider class ' +
    'element input form button btn link page screen view icon column columns table index size bits budget usage used cost rate price ref reference refs arn selector mount volume mode method strategy ' +
    'manager service services store storage handler factory generator generated encoder decoder encoding decoding util utils checker hashes hasher digest fingerprint checksum sum salt algorithmic ' +
    'model schema object interface props event events callback hook listener action route router controller module package plugin component style styles color colour bg font border width height ' +
    'tokenizer tokenize tokenization tokenized lexer parser attempts attempt retries retry failures failure failed success ok exists present visible visibility shown hidden toggle ' +
    'lifetime duration seconds minutes hours days ms interval period rotation rotated rotate policyid source sources engine backend namespace region bucket owner role roles group groups claim claims ' +
    'kind category info details entry entries list map set array number sets per symbol example examples placeholdertext tooltip caption question answer strengthmeter ' +
    'identifier username user_name email login uid nonce counter stats metric metrics address addr host port bean template pair pairs position offset separator delimiter option options flag flags ' +
    'property properties attribute attributes variable var vars key_id authority balance supply holder holders contract amount decimals sale launch consumption window quota price ',
  negativeBefore:
    'existing next prev previous sync cancellation abort dedup deduplication request stop eos bos pad eot unk special prompt completion output first last end start fence fencing anonymous is has allow ' +
    'allows forgot forgotten no not without should can uses using nft erc governance reward utility lp bad wrong empty expecting expected per',
};

/** FNV-1a of a lower-case ASCII word, as judgeName computes it over bytes. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash;
}

/** Role by hash of the lower-case word; an earlier role wins over a later one. */
export const wordRoles: ReadonlyMap<number, WordRole> = buildRoles();

function buildRoles(): Map<number, WordRole> {
  const roles = new Map<number, WordRole>();
  for (const role of Object.keys(words) as (keyof typeof words)[]) {
    for (const word of words[role].split(' ')) {
      if (word !== '' && !roles.has(hashWord(word))) roles.set(hashWord(word), role);
    }
  }
  return roles;
}

/** Endings that make a keyword of a word written together, such as `mydbpassword`. */
export const compoundEndings: readonly { literal: Uint8Array; role: WordRole }[] = [
  { literal: asciiBytes('password'), role: 'password' },
  { literal: asciiBytes('passwd'), role: 'password' },
  { literal: asciiBytes('passphrase'), role: 'password' },
  { literal: asciiBytes('pwd'), role: 'password' },
  { literal: asciiBytes('secret'), role: 'secret' },
  { literal: asciiBytes('apikey'), role: 'token' },
  { literal: asciiBytes('accesskey'), role: 'token' },
  { literal: asciiBytes('secretkey'), role: 'secret' },
  { literal: asciiBytes('privatekey'), role: 'token' },
  { literal: asciiBytes('token'), role: 'token' },
  { literal: asciiBytes('credentials'), role: 'token' },
  { literal: asciiBytes('api'), role: 'qualifier' },
];
