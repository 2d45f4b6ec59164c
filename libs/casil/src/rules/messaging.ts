import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys, bot tokens and webhook addresses of chat, mail, text-message and push services. A webhook's address is its key, so all of it is the token. */
export const messagingRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'slack-bot-token', provider: 'Slack', prefixes: ['xoxb-'],
    source: 'authentication documentation, token types', pattern: 'xoxb-[0-9]{8,14}(-[0-9]{8,14})?-[0-9A-Za-z]{18,40}', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'slack-user-token', provider: 'Slack', prefixes: ['xoxp-', 'xoxo-', 'xoxs-'],
    source: 'authentication documentation, token types', pattern: 'xox[pos](-[0-9]{8,14}){2}-([0-9]{8,14}-[0-9A-Za-z]{10,64}|[0-9A-Za-z]{20,64})',
  },
  {
    kind: 'prefix', id: 'slack-workspace-token', provider: 'Slack', prefixes: ['xoxa-', 'xoxr-'],
    source: 'authentication documentation, workspace tokens', pattern: 'xox[ar]-([0-9]-)?([0-9]{8,14}-){0,3}[0-9A-Za-z]{10,64}', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'slack-browser-token', provider: 'Slack', prefixes: ['xoxc-'],
    source: 'observed: what the web client sends', pattern: 'xoxc(-[0-9]{8,14}){3}-[0-9a-f]{64}',
  },
  {
    kind: 'prefix', id: 'slack-browser-cookie', provider: 'Slack', prefixes: ['xoxd-'],
    source: 'observed: cookie d of the web client', pattern: 'xoxd-[0-9A-Za-z%+/=]{60,400}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'slack-rotating-token', provider: 'Slack', prefixes: ['xoxe.xoxb-', 'xoxe.xoxp-', 'xoxe-'],
    source: 'documentation, token rotation', pattern: 'xoxe([.]xox[bp])?-[0-9]-[0-9A-Za-z]{100,220}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'slack-app-token', provider: 'Slack', prefixes: ['xapp-'],
    source: 'documentation, app-level tokens', pattern: 'xapp-[0-9]-A[0-9A-Z]{8,12}-[0-9]{8,14}-[0-9a-f]{64}',
  },
  {
    kind: 'infix', id: 'slack-webhook-url', provider: 'Slack', infixes: ['hooks.slack.com/services/'], maxBeforeBytes: 8,
    source: 'documentation, incoming webhooks', pattern: '(https?://)?hooks[.]slack[.]com/services/T[0-9A-Z]{7,12}/B[0-9A-Z]{7,12}/[0-9A-Za-z]{20,26}',
    minEntropyBits: 3.5,
  },
  {
    kind: 'infix', id: 'slack-workflow-url', provider: 'Slack', infixes: ['hooks.slack.com/workflows/', 'hooks.slack.com/triggers/'], maxBeforeBytes: 8,
    source: 'documentation, workflow webhooks', minEntropyBits: 3.5,
    pattern: '(https?://)?hooks[.]slack[.]com/(workflows|triggers)/[ET][0-9A-Z]{7,12}/(A[0-9A-Z]{7,12}/)?[0-9]{8,20}/[0-9A-Za-z]{20,40}',
  },
  {
    kind: 'context', id: 'slack-signing-secret', provider: 'Slack',
    keywords: ['slack_signing', 'slack-signing', 'slacksigning', 'slack_client_secret', 'slackclientsecret', 'slack-client-secret'],
    source: 'app settings, basic information', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'discord-bot-token', provider: 'Discord', prefixes: discordPrefixes(),
    source: 'developer documentation: base64 of a decimal id, of a time, and a signature',
    pattern: '(M[Tjz]|N[DTjz]|O[DT])[AEIMQUYcgk][0-9A-Za-z_-]{19,25}[.][0-9A-Za-z_-]{6,7}[.][0-9A-Za-z_-]{27,38}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'discord-assigned-token', provider: 'Discord', keywords: ['discord', 'bot_token', 'bot-token', 'bottoken'],
    source: 'developer documentation, reference', pattern: '[MNO][0-9A-Za-z_-]{22,28}[.][0-9A-Za-z_-]{6,7}[.][0-9A-Za-z_-]{27,38}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'discord-client-secret', provider: 'Discord', keywords: ['discord'],
    source: 'developer portal, OAuth2', pattern: '[0-9A-Za-z_-]{32}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'discord-mfa-token', provider: 'Discord', prefixes: ['mfa.'],
    source: 'observed: user tokens with two-factor login', pattern: 'mfa[.][0-9A-Za-z_-]{84}', minEntropyBits: 4.2,
  },
  {
    kind: 'infix', id: 'discord-webhook-url', provider: 'Discord', infixes: ['discord.com/api/', 'discordapp.com/api/'], maxBeforeBytes: 15,
    source: 'documentation, webhook resource', minEntropyBits: 4,
    pattern: '(https?://)?(canary[.]|ptb[.])?discord(app)?[.]com/api/(v[0-9]{1,2}/)?webhooks/[0-9]{16,20}/[0-9A-Za-z_-]{60,80}',
  },
  {
    kind: 'infix', id: 'telegram-bot-token', provider: 'Telegram', infixes: [':AA'], maxBeforeBytes: 13,
    source: 'Bot API documentation; in an address the word bot stands right before', pattern: '(bot)?[0-9]{8,10}:AA[0-9A-Za-z_-]{33}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'twilio-api-key', provider: 'Twilio', prefixes: ['SK'],
    source: 'documentation, API key resource', pattern: 'SK[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'twilio-auth-token', provider: 'Twilio', keywords: ['twilio'],
    source: 'console: auth token of 32 hexadecimal digits, API key secret of 32 characters', pattern: '[0-9A-Za-z]{32}', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'sendgrid-api-key', provider: 'SendGrid', prefixes: ['SG.'],
    source: 'documentation, API keys: 69 characters in all', pattern: 'SG[.][0-9A-Za-z_-]{22}[.][0-9A-Za-z_-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'mailgun-key', provider: 'Mailgun', prefixes: ['key-'],
    source: 'documentation, API keys', pattern: 'key-[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'mailgun-sending-key', provider: 'Mailgun', keywords: ['mailgun'],
    source: 'control panel, keys since 2018 and webhook signing key', pattern: '[0-9a-f]{32}(-[0-9a-f]{8}-[0-9a-f]{8})?',
  },
  {
    kind: 'infix', id: 'mailchimp-key', provider: 'Mailchimp', infixes: ['-us'], maxBeforeBytes: 32,
    source: 'documentation: data centre behind the key', pattern: '[0-9a-f]{32}-us[0-9]{1,2}',
  },
  {
    kind: 'prefix', id: 'mandrill-key', provider: 'Mandrill', prefixes: ['md-'],
    source: 'documentation, API keys', pattern: 'md-[0-9A-Za-z_-]{22}', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'mandrill-unmarked-key', provider: 'Mandrill', keywords: ['mandrill'],
    source: 'observed: keys before md-', pattern: '[0-9A-Za-z_-]{22}', minEntropyBits: 3.5,
  },
  {
    kind: 'context', id: 'postmark-token', provider: 'Postmark', keywords: ['postmark'],
    source: 'documentation, server and account tokens', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'sparkpost-key', provider: 'SparkPost', keywords: ['sparkpost'],
    source: 'API keys page', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'prefix', id: 'brevo-api-key', provider: 'Brevo', prefixes: ['xkeysib-'],
    source: 'documentation, API keys', pattern: 'xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}',
  },
  {
    kind: 'prefix', id: 'brevo-smtp-key', provider: 'Brevo', prefixes: ['xsmtpsib-'],
    source: 'documentation, SMTP keys', pattern: 'xsmtpsib-[0-9a-f]{64}-[0-9A-Za-z]{16}',
  },
  {
    kind: 'prefix', id: 'resend-key', provider: 'Resend', prefixes: ['re_'],
    source: 'documentation, API keys', pattern: 're_([0-9A-Za-z]{8}_[0-9A-Za-z]{20,28}|[0-9A-Za-z]{32,36})', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'mailersend-token', provider: 'MailerSend', prefixes: ['mlsn.'],
    source: 'documentation, API tokens', pattern: 'mlsn[.][0-9a-f]{64}',
  },
  {
    kind: 'context', id: 'mailjet-key', provider: 'Mailjet', keywords: ['mailjet'],
    source: 'account, API keys', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'elasticemail-key', provider: 'Elastic Email', keywords: ['elasticemail', 'elastic_email', 'elastic-email'],
    source: 'settings, API keys', pattern: '([0-9A-F]{96}|[0-9A-F]{64})',
  },
  {
    kind: 'context', id: 'vonage-secret', provider: 'Vonage', keywords: ['vonage', 'nexmo'],
    source: 'dashboard: secret of 16 characters', pattern: '[0-9A-Za-z]{16}', minEntropyBits: 3,
  },
  {
    kind: 'context', id: 'messagebird-key', provider: 'MessageBird', keywords: ['messagebird'],
    source: 'dashboard, access keys', pattern: '[0-9A-Za-z]{25}',
  },
  {
    kind: 'context', id: 'plivo-auth-token', provider: 'Plivo', keywords: ['plivo'],
    source: 'console: auth token of 40 characters', pattern: '[0-9A-Za-z]{40}',
  },
  {
    kind: 'context', id: 'bandwidth-token', provider: 'Bandwidth',
    keywords: ['bandwidth_api', 'bandwidth_token', 'bandwidth_secret', 'bandwidthapi', 'bandwidth-api', 'bandwidth-token', 'bandwidthtoken',
      'bandwidth-secret', 'bandwidthsecret'],
    source: 'dashboard, API credentials', pattern: '[0-9a-z]{48,56}',
  },
  {
    kind: 'infix', id: 'microsoft-teams-webhook-url', provider: 'Microsoft Teams', infixes: ['office.com/webhook'], maxBeforeBytes: 80,
    source: 'documentation, incoming webhooks', minEntropyBits: 3.2,
    pattern: `(https?://)?([0-9A-Za-z-]{1,60}[.])?(webhook|outlook)[.]office[.]com/webhook(b2)?/${UUID_PATTERN}@${UUID_PATTERN}/[0-9A-Za-z]{6,24}/`
      + `[0-9a-f]{32}/${UUID_PATTERN}(/[0-9A-Za-z_-]{20,80})?`,
  },
  {
    kind: 'prefix', id: 'microsoft-workflow-signature', provider: 'Microsoft Power Automate', prefixes: ['sv=1.0&sig='],
    source: 'documentation, trigger addresses: the signature at their end is the key', pattern: 'sv=1[.]0&sig=[0-9A-Za-z_-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'infix', id: 'google-chat-webhook-url', provider: 'Google Chat', infixes: ['chat.googleapis.com/v1/spaces/'], maxBeforeBytes: 8,
    source: 'documentation, incoming webhooks', minEntropyBits: 3.5,
    pattern: '(https?://)?chat[.]googleapis[.]com/v1/spaces/[0-9A-Za-z_-]{6,20}/messages[?]key=[0-9A-Za-z_-]{39}&token=[0-9A-Za-z_-]{40,60}(=|%3D)?',
  },
  {
    kind: 'context', id: 'zoom-secret', provider: 'Zoom', keywords: ['zoom_', 'zoom-', 'zoomclient', 'zoomapi'],
    source: 'marketplace, app credentials', pattern: '[0-9A-Za-z]{32}', minEntropyBits: 3.9,
  },
  {
    kind: 'infix', id: 'webex-access-token', provider: 'Webex', infixes: ['_PE93_', '_PF84_', '_P0A1_', '_PS67_'], maxBeforeBytes: 64,
    source: 'observed: bot and user tokens, cluster and organization behind', pattern: `[0-9A-Za-z]{64}_(PE93|PF84|P0A1|PS67)_${UUID_PATTERN}`,
  },
  {
    kind: 'context', id: 'webex-secret', provider: 'Webex', keywords: ['webex'],
    source: 'developer portal, client secret; tokens of any cluster', pattern: `([0-9a-f]{64}|[0-9A-Za-z]{64}_[0-9A-Z]{4}_${UUID_PATTERN})`,
  },
  {
    kind: 'context', id: 'mattermost-token', provider: 'Mattermost', keywords: ['mattermost', 'mm_token', 'mmauthtoken', 'mm-token', 'mmtoken'],
    source: 'documentation, personal access tokens', pattern: '[0-9a-z]{26}',
  },
  {
    kind: 'context', id: 'rocketchat-token', provider: 'Rocket.Chat', keywords: ['rocketchat', 'rocket.chat', 'rocket_chat', 'rocket-chat'],
    source: 'documentation, personal access tokens', pattern: '[0-9A-Za-z_-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'matrix-access-token', provider: 'Matrix', prefixes: ['syt_', 'mct_', 'mcr_', 'mpt_'],
    source: 'Synapse: user name in base64, 20 random characters, checksum; tokens of the authentication service',
    pattern: '(syt_[0-9A-Za-z+/=_-]{1,80}_[0-9A-Za-z]{20}_[0-9A-Za-z]{6}|m(ct|cr|pt)_[0-9A-Za-z]{30}_[0-9A-Za-z]{6})',
  },
  {
    kind: 'context', id: 'pusher-secret', provider: 'Pusher',
    keywords: ['pusher_secret', 'pusher_app_secret', 'pushersecret', 'pusherappsecret', 'pusher-secret', 'pusher-app-secret'],
    source: 'dashboard, app keys', pattern: '[0-9a-f]{20}', minEntropyBits: 2.8,
  },
  {
    kind: 'context', id: 'ably-key', provider: 'Ably', keywords: ['ably'],
    source: 'documentation, API keys: app, key id and secret', pattern: '[0-9A-Za-z_-]{6}[.][0-9A-Za-z_-]{6}:[0-9A-Za-z_-]{43}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'pubnub-secret-key', provider: 'PubNub', prefixes: ['sec-c-'],
    source: 'admin portal, keysets: base64 of a UUID', pattern: `sec-c-([0-9A-Za-z]{48}|${UUID_PATTERN})`,
  },
  {
    kind: 'prefix', id: 'pubnub-channel-key', provider: 'PubNub', prefixes: ['pub-c-', 'sub-c-'],
    source: 'admin portal, keysets: whoever holds them can read or write the channels', pattern: `[ps]ub-c-${UUID_PATTERN}`,
  },
  {
    kind: 'prefix', id: 'onesignal-key', provider: 'OneSignal', prefixes: ['os_v2_app_', 'os_v2_org_'],
    source: 'documentation, keys and ids', pattern: 'os_v2_(app|org)_[2-7a-z]{90,120}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'onesignal-legacy-key', provider: 'OneSignal', keywords: ['onesignal', 'one_signal', 'one-signal'],
    source: 'documentation, legacy keys: base64 of a UUID', pattern: '[0-9A-Za-z]{48}',
  },
  {
    kind: 'context', id: 'line-channel-token', provider: 'LINE',
    keywords: ['line_channel', 'linechannel', 'line-channel', 'line_bot', 'line_access', 'line-bot', 'linebot', 'line-access', 'lineaccess'],
    source: 'developer console: long-lived token, channel secret', pattern: '([0-9A-Za-z+/]{150,190}={0,2}|[0-9a-f]{32})',
  },
  {
    kind: 'context', id: 'viber-token', provider: 'Viber', keywords: ['viber'],
    source: 'bot documentation', pattern: '[0-9a-f]{16}(-[0-9a-f]{16}){2}',
  },
  {
    kind: 'infix', id: 'dingtalk-webhook-url', provider: 'DingTalk', infixes: ['dingtalk.com/robot/send'], maxBeforeBytes: 13,
    source: 'documentation, custom robots', pattern: '(https?://)?oapi[.]dingtalk[.]com/robot/send[?]access_token=[0-9a-f]{64}',
  },
  {
    kind: 'infix', id: 'wecom-webhook-url', provider: 'WeCom', infixes: ['qyapi.weixin.qq.com/cgi-bin/'], maxBeforeBytes: 8,
    source: 'documentation, group robots', pattern: `(https?://)?qyapi[.]weixin[.]qq[.]com/cgi-bin/webhook/send[?]key=${UUID_PATTERN}`,
  },
  {
    kind: 'infix', id: 'lark-webhook-url', provider: 'Lark', infixes: ['/open-apis/bot/v2/hook/'], maxBeforeBytes: 28,
    source: 'documentation, custom bots', pattern: `(https?://)?open[.](feishu[.]cn|larksuite[.]com)/open-apis/bot/v2/hook/${UUID_PATTERN}`,
  },
  {
    kind: 'context', id: 'pushover-token', provider: 'Pushover', keywords: ['pushover'],
    source: 'documentation, application tokens', pattern: '[0-9a-z]{30}',
  },
  {
    kind: 'prefix', id: 'pushbullet-token', provider: 'Pushbullet', prefixes: ['o.'],
    source: 'account settings', pattern: 'o[.][0-9A-Za-z]{32}', minEntropyBits: 4,
  },
  {
    kind: 'prefix', id: 'ntfy-token', provider: 'ntfy', prefixes: ['tk_'],
    source: 'documentation, access tokens: 32 characters in all', pattern: 'tk_[0-9a-z]{29}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'telnyx-key', provider: 'Telnyx', prefixes: ['KEY0'],
    source: 'portal, API keys of the second version: id and secret', pattern: 'KEY0[0-9A-F]{31}_[0-9A-Za-z]{22}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'svix-test-token', provider: 'Svix', prefixes: ['testsk_'],
    source: 'documentation, keys of the test environment', pattern: 'testsk_[0-9A-Za-z_-]{32,64}([.][a-z]{2,4})?', minEntropyBits: 3.8,
  },
  {
    kind: 'infix', id: 'mattermost-webhook-url', provider: 'Mattermost', infixes: ['/hooks/'], maxBeforeBytes: 18,
    source: 'documentation, incoming webhooks: the end of the host, an id of 26 characters of base 32', minEntropyBits: 4,
    pattern: '[0-9A-Za-z]{2,12}(:[0-9]{2,5})?/hooks/[1-9a-z]{26}',
  },
  {
    kind: 'infix', id: 'rocket-chat-webhook-url', provider: 'Rocket.Chat', infixes: ['/hooks/'], maxBeforeBytes: 18,
    source: 'documentation, incoming integrations: the end of the host, id of 17 or 24 characters and token', minEntropyBits: 4,
    pattern: '[0-9A-Za-z]{2,12}(:[0-9]{2,5})?/hooks/([0-9A-Za-z]{17}|[0-9a-f]{24})/[0-9A-Za-z]{40,64}',
  },
];

/** How the base64 of a decimal number begins, from the first two digits on: what a Discord id looks like inside a token. */
function discordPrefixes(): readonly string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const prefixes: string[] = [];
  for (let first = 0x31; first <= 0x39; first += 1) {
    for (let second = 0x30; second <= 0x39; second += 1) {
      // Of the third character the two high bits stand in the third place; they are 00 for every digit.
      prefixes.push(alphabet[first >> 2] + alphabet[((first & 3) << 4) | (second >> 4)] + alphabet[(second & 15) << 2]);
    }
  }
  return prefixes;
}
