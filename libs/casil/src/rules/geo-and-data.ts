import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Keys of maps, weather, markets, media and security data, and of connected devices. */
export const geoAndDataRules: readonly TokenRule[] = [
  {
    kind: 'prefix', id: 'mapbox-secret-token', provider: 'Mapbox', prefixes: ['sk.eyJ'],
    source: 'documentation, secret tokens; pk. is public', pattern: 'sk[.]eyJ[0-9A-Za-z_-]{40,200}[.][0-9A-Za-z_-]{22}', minEntropyBits: 4,
  },
  {
    kind: 'infix', id: 'maxmind-license-key', provider: 'MaxMind', infixes: ['_mmk'], maxBeforeBytes: 36,
    source: 'account portal, keys since 2023: 40 characters in all', pattern: '[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'maxmind-legacy-key', provider: 'MaxMind', keywords: ['maxmind', 'geoip'],
    source: 'account portal, keys before 2023', pattern: '[0-9A-Za-z]{16}', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'openweather-key', provider: 'OpenWeather', keywords: ['openweather', 'open_weather', 'owm_', 'appid', 'open-weather'],
    source: 'account, API keys; sent as appid', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'weatherapi-key', provider: 'WeatherAPI', keywords: ['weatherapi', 'weather_api', 'weather-api'],
    source: 'dashboard: 31 characters', pattern: '[0-9a-f]{31}',
  },
  {
    kind: 'context', id: 'tomorrow-io-key', provider: 'Tomorrow.io', keywords: ['tomorrow_io', 'tomorrowio', 'climacell', 'tomorrow-io'],
    source: 'dashboard, API keys', pattern: '[0-9A-Za-z]{32}',
  },
  {
    kind: 'context', id: 'here-key', provider: 'HERE',
    keywords: ['here_api', 'here_key', 'heremaps', 'here_maps', 'here-api', 'hereapi', 'here-key', 'herekey', 'here-maps'],
    source: 'platform portal: 43 characters', pattern: '[0-9A-Za-z_-]{43}', minEntropyBits: 4.2,
  },
  {
    kind: 'context', id: 'tomtom-key', provider: 'TomTom', keywords: ['tomtom'],
    source: 'developer dashboard', pattern: '[0-9A-Za-z]{32}',
  },
  {
    kind: 'prefix', id: 'arcgis-key', provider: 'Esri', prefixes: ['AAPK', 'AAPT', 'AATK'],
    source: 'documentation, API keys', pattern: 'AA(PK|PT|TK)[0-9A-Za-z_-]{64,512}[.]{0,2}', minEntropyBits: 4.2,
  },
  {
    kind: 'prefix', id: 'radar-secret-key', provider: 'Radar', prefixes: ['prj_live_sk_', 'prj_test_sk_'],
    source: 'dashboard, secret keys', pattern: 'prj_(live|test)_sk_[0-9a-f]{40}',
  },
  {
    kind: 'context', id: 'opencage-key', provider: 'OpenCage', keywords: ['opencage'],
    source: 'dashboard, geocoding keys', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'locationiq-key', provider: 'LocationIQ', prefixes: ['pk.'],
    source: 'dashboard, access tokens', pattern: 'pk[.][0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'ipinfo-token', provider: 'IPinfo', keywords: ['ipinfo'],
    source: 'dashboard: 14 hexadecimal digits', pattern: '[0-9a-f]{14}', minEntropyBits: 2.4,
  },
  {
    kind: 'context', id: 'ipstack-key', provider: 'APILayer',
    keywords: ['ipstack', 'apilayer', 'currencylayer', 'fixer_', 'weatherstack', 'aviationstack', 'numverify', 'ipapi'],
    source: 'dashboards of its services', pattern: '([0-9a-f]{32}|[0-9A-Za-z]{32})', minEntropyBits: 3.2,
  },
  {
    kind: 'prefix', id: 'foursquare-key', provider: 'Foursquare', prefixes: ['fsq3'],
    source: 'developer console, places API', pattern: 'fsq3[0-9A-Za-z+/]{43}=', minEntropyBits: 4,
  },
  {
    kind: 'infix', id: 'rapidapi-key', provider: 'RapidAPI', infixes: ['jsn'], maxBeforeBytes: 36,
    source: 'observed: 50 characters with the marks msh, p1 and jsn', pattern: '[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{5,6}jsn[0-9a-f]{12}',
  },
  {
    kind: 'context', id: 'rapidapi-assigned-key', provider: 'RapidAPI', keywords: ['rapidapi', 'rapid_api', 'rapid-api'],
    source: 'documentation, header X-RapidAPI-Key', pattern: '[0-9A-Za-z]{50,51}',
  },
  {
    kind: 'context', id: 'hibp-key', provider: 'Have I Been Pwned', keywords: ['hibp', 'haveibeenpwned'],
    source: 'documentation: header hibp-api-key', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'securitytrails-key', provider: 'SecurityTrails', keywords: ['securitytrails'],
    source: 'account, credentials', pattern: '[0-9A-Za-z_-]{32}', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'urlscan-key', provider: 'urlscan.io', keywords: ['urlscan'],
    source: 'settings and API', pattern: UUID_PATTERN,
  },
  {
    kind: 'context', id: 'alphavantage-key', provider: 'Alpha Vantage', keywords: ['alphavantage', 'alpha_vantage', 'alpha-vantage'],
    source: 'key page: 16 upper-case characters', pattern: '[0-9A-Z]{16}', minEntropyBits: 2.8,
  },
  {
    kind: 'context', id: 'finnhub-key', provider: 'Finnhub', keywords: ['finnhub'],
    source: 'dashboard: 20 or twice 20 characters', pattern: '([0-9a-z]{20}|[0-9a-z]{40})', minEntropyBits: 2.9,
  },
  {
    kind: 'context', id: 'polygon-io-key', provider: 'Polygon.io',
    keywords: ['polygon_api', 'polygon_io', 'polygonio', 'polygon-api', 'polygon.io', 'polygonapi', 'polygon-io'],
    source: 'dashboard, keys', pattern: '[0-9A-Za-z_]{32}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'coinmarketcap-key', provider: 'CoinMarketCap',
    keywords: ['coinmarketcap', 'cmc_pro', 'cmc_api', 'cmc-pro', 'cmcpro', 'cmc-api', 'cmcapi'],
    source: 'developer portal', pattern: UUID_PATTERN,
  },
  {
    kind: 'prefix', id: 'coingecko-key', provider: 'CoinGecko', prefixes: ['CG-'],
    source: 'developer dashboard', pattern: 'CG-[0-9A-Za-z]{24}', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'etherscan-key', provider: 'Etherscan', keywords: ['etherscan', 'bscscan', 'polygonscan', 'arbiscan', 'snowtrace'],
    source: 'account, API keys: 34 upper-case characters', pattern: '[0-9A-Z]{34}',
  },
  {
    kind: 'context', id: 'infura-key', provider: 'Infura', keywords: ['infura'],
    source: 'dashboard, key and secret', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'infix', id: 'infura-endpoint', provider: 'Infura', infixes: ['infura.io/'], maxBeforeBytes: 40,
    source: 'documentation, endpoints: the key ends the address', pattern: '((https|wss)://)?[a-z-]{3,30}[.]infura[.]io/(ws/)?v3/[0-9a-f]{32}',
  },
  {
    kind: 'infix', id: 'alchemy-endpoint', provider: 'Alchemy', infixes: ['alchemy.com/v2/', 'alchemyapi.io/v2/'], maxBeforeBytes: 40,
    source: 'documentation, endpoints: the key ends the address', minEntropyBits: 3.7,
    pattern: '((https|wss)://)?[a-z-]{3,30}([.]g)?[.](alchemy[.]com|alchemyapi[.]io)/v2/[0-9A-Za-z_-]{32}',
  },
  {
    kind: 'context', id: 'alchemy-key', provider: 'Alchemy',
    keywords: ['alchemy_api', 'alchemy_key', 'alchemy-api', 'alchemyapi', 'alchemy_auth', 'alchemy-key', 'alchemykey', 'alchemy-auth', 'alchemyauth'],
    source: 'dashboard, apps', pattern: '[0-9A-Za-z_-]{32}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'blockfrost-project-id', provider: 'Blockfrost', keywords: ['blockfrost', 'project_id', 'project-id', 'projectid'],
    source: 'dashboard: network and 32 characters', pattern: '(mainnet|testnet|preview|preprod|ipfs)[0-9A-Za-z]{32}', minEntropyBits: 3.9,
  },
  {
    kind: 'context', id: 'newsapi-key', provider: 'NewsAPI', keywords: ['newsapi', 'news_api', 'news-api'],
    source: 'account page', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'nasa-key', provider: 'NASA', keywords: ['nasa_api', 'nasa_key', 'nasa-api', 'nasaapi', 'nasa-key', 'nasakey'],
    source: 'open APIs portal: 40 characters', pattern: '[0-9A-Za-z]{40}',
  },
  {
    kind: 'context', id: 'giphy-key', provider: 'GIPHY', keywords: ['giphy'],
    source: 'developer dashboard', pattern: '[0-9A-Za-z]{32}',
  },
  {
    kind: 'context', id: 'unsplash-key', provider: 'Unsplash', keywords: ['unsplash'],
    source: 'developer portal, access and secret keys', pattern: '([0-9A-Za-z_-]{43}|[0-9a-f]{64})', minEntropyBits: 3.2,
  },
  {
    kind: 'context', id: 'pexels-key', provider: 'Pexels', keywords: ['pexels'],
    source: 'API page: 56 characters', pattern: '[0-9A-Za-z]{56}',
  },
  {
    kind: 'context', id: 'pixabay-key', provider: 'Pixabay', keywords: ['pixabay'],
    source: 'API documentation: user id and 25 hexadecimal digits', pattern: '[0-9]{7,8}-[0-9a-f]{25}',
  },
  {
    kind: 'context', id: 'tmdb-key', provider: 'TMDB', keywords: ['tmdb', 'themoviedb'],
    source: 'account settings, API', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'scraperapi-key', provider: 'ScraperAPI', keywords: ['scraperapi', 'scraper_api', 'scraper-api'],
    source: 'dashboard', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'context', id: 'scrapingbee-key', provider: 'ScrapingBee', keywords: ['scrapingbee', 'scraping_bee', 'scraping-bee'],
    source: 'dashboard: 80 upper-case characters', pattern: '[0-9A-Z]{80}',
  },
  {
    kind: 'context', id: 'diffbot-token', provider: 'Diffbot', keywords: ['diffbot'],
    source: 'dashboard', pattern: '[0-9a-f]{32}',
  },
  {
    kind: 'prefix', id: 'samsara-token', provider: 'Samsara', prefixes: ['samsara_api_'],
    source: 'settings, API tokens', pattern: 'samsara_api_[0-9A-Za-z]{30}', minEntropyBits: 3.9,
  },
  {
    kind: 'prefix', id: 'adafruit-io-key', provider: 'Adafruit IO', prefixes: ['aio_'],
    source: 'account, active key', pattern: 'aio_[0-9A-Za-z]{28}', minEntropyBits: 3.7,
  },
  {
    kind: 'prefix', id: 'ubidots-token', provider: 'Ubidots', prefixes: ['BBFF-', 'BBUS-', 'BBFE-'],
    source: 'API credentials: 35 characters in all', pattern: 'BB(FF|US|FE)-[0-9A-Za-z]{30}', minEntropyBits: 3.7,
  },
  {
    kind: 'context', id: 'thingspeak-key', provider: 'ThingSpeak', keywords: ['thingspeak'],
    source: 'channel settings, read and write keys', pattern: '[0-9A-Z]{16}', minEntropyBits: 2.8,
  },
  {
    kind: 'context', id: 'blynk-token', provider: 'Blynk', keywords: ['blynk'],
    source: 'device information, auth token', pattern: '[0-9A-Za-z_-]{32}', minEntropyBits: 3.7,
  },
  {
    kind: 'infix', id: 'quicknode-endpoint', provider: 'QuickNode', infixes: ['.quiknode.pro/'], maxBeforeBytes: 96,
    source: 'documentation, endpoints: the token ends the address', pattern: '((https|wss)://)?[0-9a-z.-]{1,80}[.]quiknode[.]pro/[0-9a-f]{40}',
    minEntropyBits: 3.2,
  },
];
