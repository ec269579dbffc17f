-- Hosts that robots.txt makes us visit seldom are listed on the dashboard.
CREATE INDEX hosts_slow ON hosts (delay_s) WHERE delay_s >= 60;
