import { encodeCharacters, encodeWhole } from '../marked-text.js';
import { id12, named, stamp, type Context } from './context.js';

const json = (marked: string): string => encodeCharacters('json', marked);
const percent = (marked: string): string => encodeCharacters('percent', marked);

/** Where a password of people or of a database stands and is named in a way of its own. */
export const passwordContexts: readonly Context[] = [
  named('pgpassword', ({ value }) => `PGPASSWORD='${value}' psql -h db1 -U app orders`),
  named('mysql-flag', ({ value }) => `mysql -h db1 -u root --password='${value}' shop`),
  named('redis-cli', ({ value }) => `redis-cli -h cache1 --pass ${value} ping`),
  named('sshpass', ({ value }) => `sshpass -p '${value}' ssh deploy@host1`),
  named('curl-user-password', ({ value }) => `curl --user 'admin:${value}' https://api.example.com/health`),
  named('netrc-password', ({ value }) => `machine files.example.com\nlogin ada\npassword ${value}\n`),
  named('pgpass', ({ value }) => `db1.internal:5432:orders:app:${value.replaceAll(':', '\\:')}`),
  named('sql-create-user', ({ value }) => `CREATE USER app WITH PASSWORD '${value.replaceAll("'", "''")}';`),
  named('sql-identified', ({ value }) => `ALTER USER 'app'@'%' IDENTIFIED BY '${value.replaceAll("'", "''")}';`),
  named('login-json', ({ value, random }) => `{"action":"login","username":"ada","password":"${json(value)}","session":"${id12(random)}"}`),
  named('login-form', ({ value }) => `username=ada&password=${percent(value)}&remember=1`),
  named('login-xml', ({ value }) => `<login><user>ada</user><password>${encodeCharacters('html', value)}</password></login>`),
  named('soap', ({ value }) => `<wsse:UsernameToken><wsse:Username>ada</wsse:Username><wsse:Password Type="PasswordText">${encodeCharacters('html', value)}</wsse:Password></wsse:UsernameToken>`),
  named('csv-users', ({ value }) => `user,email,password\nada,ada@example.com,"${value.replaceAll('"', '""')}"\n`),
  named('basic-header', ({ value }) => `GET / HTTP/1.1\r\nHost: a.example.com\r\nAuthorization: Basic ${encodeWhole('base64', `ada:${value}`)}\r\n\r\n`),
  named('log-password', ({ value, random }) => `${stamp(random)} DEBUG auth: trying user=ada password=${value}`),
  named('yaml-database', ({ value }) => `production:\n  adapter: postgresql\n  host: db1\n  username: app\n  password: "${json(value)}"\n`),
  named('wifi', ({ value }) => `network={\n  ssid="office"\n  psk="${value}"\n}`),
  named('spring', ({ value }) => `spring.datasource.username=app\nspring.datasource.password=${value}\n`),
  named('ansible', ({ value }) => `ansible_user: deploy\nansible_password: ${/^[A-Za-z0-9\uE000]/.test(value) ? value : `"${json(value)}"`}\n`),
  named('smtp', ({ value }) => `smtp://mailer:${percent(value)}@mail.example.com:587`),
  named('chat-password', ({ value, random }) => `${random.pick(['hi', 'fyi', 'ok so'])}, the login for the demo box is demo and the password is: ${value}`),
  named('docker-login', ({ value }) => `docker login -u ci -p ${value} registry.example.com`),
  named('js-driver', ({ value }) => `const pool = new Pool({ user: 'app', host: 'db1', password: "${json(value)}" });`),
  named('java-driver', ({ value }) => `DriverManager.getConnection(url, "app", "x"); props.setProperty("password", "${json(value)}");`),
];

/** Connection strings: the value is the password in them. */
export const connectionContexts: readonly Context[] = [
  named('postgres-url', ({ value }) => `DATABASE_URL=postgres://app:${percent(value)}@db1.internal:5432/orders?sslmode=require`),
  named('postgresql-json', ({ value }) => `{"dsn":"postgresql://app:${percent(value)}@10.0.3.7/orders"}`),
  named('mysql-url', ({ value }) => `mysql://root:${percent(value)}@mysql.internal:3306/shop`),
  named('mongodb', ({ value }) => `MONGO_URI="mongodb://app:${percent(value)}@m1.internal:27017,m2.internal:27017/shop?replicaSet=rs0"`),
  named('mongodb-srv', ({ value }) => `{"mongo":"mongodb+srv://app:${percent(value)}@cluster0.ab1cd.mongodb.net/shop"}`),
  named('redis-url', ({ value }) => `redis://:${percent(value)}@cache1.internal:6379/0`),
  named('rediss-url', ({ value }) => `REDIS_URL=rediss://default:${percent(value)}@cache1.example.com:6380`),
  named('amqp-url', ({ value }) => `amqp://worker:${percent(value)}@rabbit.internal:5672/jobs`),
  named('nats-url', ({ value }) => `nats://edge:${percent(value)}@nats1.internal:4222`),
  named('nats-url-list', ({ value }) => `{"servers":["nats://edge:${percent(value)}@n1:4222","nats://n2:4222"]}`),
  named('valkey-url', ({ value }) => `valkey://app:${percent(value)}@cache.internal:6379`),
  named('sqlalchemy', ({ value }) => `engine = create_engine("postgresql+psycopg2://app:${percent(value)}@db1/orders")`),
  named('jdbc-params', ({ value }) => `jdbc:mysql://db1:3306/shop?user=app&password=${percent(value)}`),
  named('jdbc-sqlserver', ({ value }) => `jdbc:sqlserver://db1:1433;databaseName=shop;user=sa;password=${value};encrypt=true`),
  named('jdbc-oracle', ({ value }) => `jdbc:oracle:thin:app/${value}@db1:1521/ORCL`),
  named('ado-net', ({ value }) => `Server=tcp:db1.example.net,1433;Database=shop;User ID=app;Password=${value};Encrypt=True;`),
  named('ado-net-pwd', ({ value }) => `<add name="Main" connectionString="Data Source=db1;Initial Catalog=shop;Uid=app;Pwd=${encodeCharacters('html', value)};"/>`),
  named('odbc', ({ value }) => `DRIVER={ODBC Driver 18 for SQL Server};SERVER=db1;UID=sa;PWD=${value};`),
  named('libpq', ({ value }) => `host=db1 port=5432 dbname=orders user=app password=${value} sslmode=require`),
  named('npgsql-json', ({ value }) => `{"ConnectionStrings":{"Main":"Host=db1;Username=app;Password=${json(value)};Database=orders"}}`),
  named('ftp-url', ({ value }) => `wget ftp://backup:${percent(value)}@files.example.com/dump.tar.gz`),
  named('http-proxy', ({ value }) => `export HTTPS_PROXY=http://proxyuser:${percent(value)}@proxy.example.com:3128`),
  named('mqtt-url', ({ value }) => `mqtts://sensor:${percent(value)}@broker.example.com:8883`),
  named('ldap', ({ value }) => `LDAP_URL=ldap://cn=admin:${percent(value)}@ldap.example.com:389`),
  named('clickhouse-url', ({ value }) => `clickhouse://app:${percent(value)}@ch1.internal:9000/events`),
  named('url-in-json-twice', ({ value }) => `{"body":"{\\"url\\":\\"postgres://app:${percent(value)}@db1/orders\\"}"}`),
  named('url-in-base64', ({ value }) => `{"data":"${encodeWhole('base64', `postgres://app:${percent(value)}@db1.internal:5432/orders`)}"}`),
  named('url-log', ({ value, random }) => `${stamp(random)} ERROR could not connect to amqps://svc:${percent(value)}@mq.example.com/prod: timeout`),
  named('url-percent', ({ value }) => `target=${encodeCharacters('percent', `postgres://app:${percent(value)}@db1/orders`)}&mode=ro`),
];
