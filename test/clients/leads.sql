-- What the clients read: an attached table with what a client may stumble on, and a role that sees it as a BI tool does.
SET TimeZone = 'UTC';
CREATE EXTENSION leadscore;
CREATE TABLE lead ("Номер" bigint PRIMARY KEY, channel text, owner text, status text, amount numeric, visits integer, created_at timestamptz);
CREATE TABLE action (lead bigint, event text, at timestamptz);
CREATE INDEX ON action (lead);
INSERT INTO lead VALUES
  (1, 'Реклама', 'Ольга', 'won', 1250000.5, 9, '2024-03-01 00:30:00+03'),
  (2, 'Реклама', NULL, 'new', NULL, NULL, '2024-03-31 23:59:59.123456+03'),
  (3, E'O''Neil & "Co" \\ 100 % ? $1 :x \U0001F600', 'Щукин-Ёж', 'won', 0.01, 3, '2024-04-01 00:00:00+03'),
  (4, NULL, 'Ольга', 'lost', 'NaN', 4, '2024-04-15 12:00:00+00'),
  (5, '', 'Ольга', 'new', 999999999999999.99, 1, '2024-02-29 12:00:00+00');
INSERT INTO action VALUES (1, 'click', '2024-03-02 12:00+00');
SELECT leadscore.create_model('m', 'blank');
INSERT INTO leadscore.criterion (model, criterion, condition, points, title) VALUES ('m', 'visits', 'visits > 2', 12.5, NULL), ('m', 'rich', 'amount > 1000', 30, 'Бюджет');
INSERT INTO leadscore.stage_rule (model, stage, rule, condition) VALUES ('m', 'lead', 'any', 'true');
INSERT INTO leadscore.target_criterion (model, criterion, condition) VALUES ('m', 'Не спам', 'channel <> ''''');
UPDATE leadscore.model SET status = 'status';
INSERT INTO leadscore.stage_map (model, status, stage) VALUES ('m', 'won', 'customer'), ('m', 'lost', 'disqualified');
INSERT INTO leadscore.event_kind (model, event, points, half_life) VALUES ('m', 'click', 4, '30 days');
SELECT leadscore.attach('lead', 'm', events => 'action', half_life => '10 days 12:30', source => 'Лиды', time_zone => 'Europe/Moscow');
INSERT INTO leadscore.spend (source, channel, day, amount) VALUES ('Лиды', 'Реклама', '2024-03-08', 100000.1);
SELECT leadscore.set_comments_language('ru');
CREATE ROLE bi LOGIN PASSWORD 'secret';
GRANT SELECT ON lead TO bi;
ALTER ROLE bi SET TimeZone = 'Asia/Yekaterinburg';
