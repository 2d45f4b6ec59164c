import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys of social networks, media and game platforms. */
export const socialRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'linkedin-client-secret', provider: 'LinkedIn', prefixes: ['WPL_AP'],
    source: 'developer portal, secrets since 2023', pattern: 'WPL_AP[01][.][0-9A-Za-z]{16}[.][0-9A-Za-z+/]{4,12}={0,2}', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'linkedin-legacy-secret', provider: 'LinkedIn', keywords: ['linkedin'],
    source: 'developer portal, secrets before 2023', pattern: '[0-9A-Za-z]{16}', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'linkedin-access-token', provider: 'LinkedIn', keywords: ['linkedin'],
    source: 'documentation, OAuth: begins with AQ, about 350 characters', pattern: 'AQ[0-9A-Za-z_-]{80,512}', minEntropyBits: 4.5,
  },
  {
    kind: 'prefix', id: 'x-bearer-token', provider: 'X', prefixes: ['AAAAAAAAAAAAAAAAAAAAA'],
    source: 'developer portal, app-only tokens: zero bytes in base64, id, equals sign, signature', minEntropyBits: 4,
    pattern: 'AAAAAAAAAAAAAAAAAAAAA([0-9A-Za-z%]{60,130}|[0-9A-Za-z+/]{10,60}=[0-9A-Za-z]{40,60})',
  },
  {
    kind: 'context', id: 'x-access-token', provider: 'X', keywords: ['twitter', 'tweepy', 'x_access_token'],
    source: 'developer portal, user access tokens: user id and 40 characters', pattern: '[0-9]{6,20}-[0-9A-Za-z]{38,42}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'x-consumer-secret', provider: 'X', keywords: ['twitter', 'tweepy'],
    source: 'developer portal: key of 25, token secret of 45, consumer secret of 50 characters', pattern: '([0-9A-Za-z]{25}|[0-9A-Za-z]{45}|[0-9A-Za-z]{50})',
    minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'facebook-access-token', provider: 'Facebook', prefixes: ['EAA'],
    source: 'Graph API, access tokens', pattern: 'EAA[0-9A-Za-z]{80,400}', minEntropyBits: 4.5, notAfter: '+-', notBefore: '+-_',
  },
  {
    kind: 'context', id: 'facebook-app-secret', provider: 'Facebook',
    keywords: ['facebook', 'fb_app', 'fb_secret', 'fb_client', 'fb-app', 'fbapp', 'fb-secret', 'fbsecret', 'fb-client', 'fbclient'],
    source: 'app dashboard, basic settings', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'facebook-app-token', provider: 'Facebook',
    keywords: ['facebook', 'fb_app', 'access_token', 'fb_access', 'fb-app', 'fbapp', 'access-token', 'accesstoken', 'fb-access', 'fbaccess'],
    source: 'documentation, app access tokens: id, bar, 27 characters', pattern: '[0-9]{13,17}[|][0-9A-Za-z_-]{27}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'instagram-access-token', provider: 'Instagram', prefixes: ['IGQV', 'IGQW', 'IGAA'],
    source: 'documentation, long-lived tokens', pattern: 'IG(QV|QW|AA)[0-9A-Za-z_-]{80,400}', minEntropyBits: 4.5,
  },
  {
    kind: 'prefix', id: 'tiktok-access-token', provider: 'TikTok', prefixes: ['act.', 'rft.', 'clt.'],
    source: 'documentation, user, refresh and client tokens', pattern: '(act|rft|clt)[.][0-9A-Za-z]{40,100}(![0-9]{4,6}([.][0-9a-z]{2})?)?', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'tiktok-client-secret', provider: 'TikTok', keywords: ['tiktok'],
    source: 'developer portal: 32, for ads 40 characters', pattern: '([0-9A-Za-z]{32}|[0-9a-f]{40})', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'twitch-token', provider: 'Twitch', keywords: ['twitch'],
    source: 'developer console: 30 characters', pattern: '[0-9a-z]{30}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'twitch-chat-token', provider: 'Twitch', prefixes: ['oauth:'],
    source: 'documentation, chat login', pattern: 'oauth:[0-9a-z]{30}', minEntropyBits: 3.5,
  },
  {
    kind: 'prefix', id: 'twitch-stream-key', provider: 'Twitch', prefixes: ['live_'],
    source: 'creator dashboard: user id and 30 characters', pattern: 'live_[0-9]{6,10}_[0-9A-Za-z]{30}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'spotify-secret', provider: 'Spotify', keywords: ['spotify'],
    source: 'developer dashboard, client secret', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'spotify-token', provider: 'Spotify', keywords: ['spotify'],
    source: 'documentation, access (BQ) and refresh tokens (AQ)', pattern: '[AB]Q[0-9A-Za-z_-]{100,400}', minEntropyBits: 4.5,
  },
  {
    kind: 'context', id: 'reddit-secret', provider: 'Reddit', keywords: ['reddit'],
    source: 'app preferences: 27 to 30 characters', pattern: '[0-9A-Za-z_-]{27,30}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'pinterest-token', provider: 'Pinterest', prefixes: ['pina_', 'pinc_', 'pinr.'],
    source: 'documentation, access and refresh tokens', pattern: 'pin(a_|c_|r[.])[0-9A-Za-z_-]{60,300}([.][0-9A-Za-z_-]{20,120}){0,2}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'snapchat-secret', provider: 'Snapchat', keywords: ['snapchat', 'snapkit'],
    source: 'business settings, client secret', pattern: '([0-9a-f]{20}|[0-9A-Za-z_-]{43})', minEntropyBits: 2.8,
  },
  {
    kind: 'context', id: 'mastodon-token', provider: 'Mastodon', keywords: ['mastodon'],
    source: 'documentation, OAuth tokens', pattern: '[0-9A-Za-z_-]{43}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'bluesky-app-password', provider: 'Bluesky', keywords: ['bluesky', 'bsky', 'atproto'],
    source: 'settings, app passwords', pattern: '[2-7a-z]{4}(-[2-7a-z]{4}){3}',
  },
  {
    kind: 'context', id: 'patreon-token', provider: 'Patreon', keywords: ['patreon'],
    source: 'client registration page', pattern: '([0-9A-Za-z_-]{43}|[0-9A-Za-z_-]{64})', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'strava-secret', provider: 'Strava', keywords: ['strava'],
    source: 'API settings, client secret and tokens', pattern: '[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'fitbit-secret', provider: 'Fitbit', keywords: ['fitbit'],
    source: 'application settings, client secret', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'flickr-secret', provider: 'Flickr', keywords: ['flickr'],
    source: 'App Garden: key of 32, secret of 16 hexadecimal digits', pattern: '([0-9a-f]{32}|[0-9a-f]{16})', minEntropyBits: 2.6,
  },
  {
    kind: 'context', id: 'tumblr-secret', provider: 'Tumblr', keywords: ['tumblr'],
    source: 'applications page', pattern: '[0-9A-Za-z]{50}',
  },
  {
    kind: 'context', id: 'vimeo-token', provider: 'Vimeo', keywords: ['vimeo'],
    source: 'developer site, access tokens', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'lastfm-secret', provider: 'Last.fm', keywords: ['lastfm', 'last_fm', 'last-fm'],
    source: 'API accounts', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'steam-web-api-key', provider: 'Steam',
    keywords: ['steam_api', 'steam_web', 'steamapi', 'steam_key', 'steam-api', 'steam-web', 'steamweb', 'steam-key', 'steamkey'],
    source: 'community developer page', pattern: '([0-9A-F]{32}|[0-9a-f]{32})',
  },
  {
    kind: 'prefix', id: 'riot-api-key', provider: 'Riot Games', prefixes: ['RGAPI-'],
    source: 'developer portal', pattern: `RGAPI-${UUID_PATTERN}`,
  },
  {
    kind: 'context', id: 'roblox-api-key', provider: 'Roblox', keywords: ['roblox'],
    source: 'creator dashboard: 48 characters', pattern: '[0-9A-Za-z+/]{48}', minEntropyBits: 4,
  },
  {
    kind: 'context', id: 'wechat-app-secret', provider: 'WeChat', keywords: ['wechat', 'weixin', 'wx_app', 'wxapp', 'wx-app'],
    source: 'open platform, app secret', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'kakao-key', provider: 'Kakao', keywords: ['kakao'],
    source: 'developer site, REST and admin keys', pattern: '([0-9a-f]{32}|[0-9A-Za-z]{32})', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'vk-access-token', provider: 'VK',
    keywords: ['vk_access', 'vk_token', 'vk_service', 'vkontakte', 'vk_api', 'vk-access', 'vkaccess', 'vk-token', 'vktoken', 'vk-service',
      'vkservice', 'vk-api', 'vkapi'],
    source: 'developer site, service tokens', pattern: '[0-9a-f]{72,85}',
  },
  {
    kind: 'prefix', id: 'vk-marked-token', provider: 'VK', prefixes: ['vk1.a.'],
    source: 'developer site, tokens since 2022', pattern: 'vk1[.]a[.][0-9A-Za-z_-]{150,250}', minEntropyBits: 4.5,
  },
];
