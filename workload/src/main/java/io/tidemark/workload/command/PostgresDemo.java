package io.tidemark.workload.command;

import io.tidemark.workload.bank.BankWorkload;
import io.tidemark.workload.demo.DemoDatabase;
import io.tidemark.workload.demo.DemoDatabaseOptions;
import io.tidemark.workload.demo.OnClose;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** A demo on PostgreSQL, whose programs came with Tidemark, with the bank in it. */
final class PostgresDemo implements DemoSource {
    static final String TYPE = "postgres";

    private static final List<DemoQueries.Question> QUESTIONS = List.of(
            new DemoQueries.Question(
                    "Who moves the most money? (SQL on the mirror)",
                    List.of(
                            "select entity, count(*) as transactions, sum(amount) as total",
                            "from bank.transactions group by entity order by total desc limit 5")),
            new DemoQueries.Question(
                    "How many rows does each mirror table have?",
                    List.of(
                            "select 'accounts' as mirror, count(*) as rows from bank.accounts",
                            "union all select 'statements', count(*) from bank.statements",
                            "union all select 'transactions', count(*) from bank.transactions")),
            new DemoQueries.Question(
                    "What happened last to the account that changed most? (SQL on the history)",
                    List.of(
                            "select _tidemark_commit_time as committed, _tidemark_op as op, account,",
                            "  balance, city from history.bank.accounts where account =",
                            "  (select account from history.bank.accounts",
                            "   group by account order by count(*) desc, account limit 1)",
                            "order by _tidemark_position desc, _tidemark_sequence desc limit 5")));

    static {
        // The texts above name it, so that a reader can paste them.
        if (!BankWorkload.DEFAULT_SCHEMA.equals("bank")) {
            throw new IllegalStateException("Cannot ask about schema bank: the demo writes elsewhere");
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String command() {
        return "tidemark demo";
    }

    @Override
    public String server() {
        return "PostgreSQL";
    }

    @Override
    public List<String> notices() {
        return List.of();
    }

    @Override
    public String files() {
        return "the PostgreSQL server: its programs, data, password and log";
    }

    @Override
    public long rows() {
        return 1_000_000;
    }

    @Override
    public double transactionsPerSecond() {
        return 300;
    }

    @Override
    public boolean isLoadedUnderWrites() {
        return true;
    }

    @Override
    public String addressSetting() {
        return "url";
    }

    @Override
    public List<DemoQueries.Question> questions() {
        return QUESTIONS;
    }

    @Override
    public String firstQuery() {
        return "select count(*) from bank.transactions";
    }

    @Override
    public List<String> own() {
        return List.of("tidemark init", "begins with your own Postgres");
    }

    @Override
    public IntFunction<DemoServer> prepare(DemoFolder folder, Steps steps, Steps.Step step, StopSignals signals) {
        DemoDatabaseOptions options = DemoDatabaseOptions.in(folder.database())
                .withOnClose(folder.isKept() ? OnClose.KEEP : OnClose.DELETE)
                .withProgress(
                        doing -> step.update(doing.substring(0, 1).toLowerCase(Locale.ROOT) + doing.substring(1)));
        return port -> server(DemoDatabase.start(options.withPort(port)));
    }

    private static DemoServer server(DemoDatabase database) {
        String url = database.jdbcUrl().substring("jdbc:".length());
        return new DemoServer(
                version(database),
                database.port(),
                url,
                config(url, database.user()),
                new BankWorkload(database.dataSource(), BankWorkload.DEFAULT_SCHEMA),
                database::close);
    }

    private static String config(String url, String user) {
        return """
                # The demo's configuration, as you would write it for a database of your own.
                # 'tidemark settings' lists all settings with their defaults.
                pipeline: demo

                source:
                  type: postgres
                  url: %s
                  user: %s
                  password: ${file:./%s/password}

                lake:
                  location: ./lake

                # A time slice holds all changes of all tables between two positions. The shorter, the fresher the lake.
                slices:
                  interval: 1s

                # The first rule that matches a table decides.
                tables:
                  - include: %s.transactions
                    partition: [day(create_at)]
                  - include: %s.*
                """.formatted(url, user, DemoFolder.DATABASE, BankWorkload.DEFAULT_SCHEMA, BankWorkload.DEFAULT_SCHEMA);
    }

    private static String version(DemoDatabase database) {
        try (Connection connection = database.dataSource().getConnection()) {
            return connection.getMetaData().getDatabaseProductVersion().split(" ")[0];
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot ask the demo database for its version", e);
        }
    }
}
