package io.tidemark.workload.bank;

import io.tidemark.workload.run.Invalid;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The bank's tables in one schema. */
final class BankSchema {
    private static final int NAME_BYTES_MAX = 63;

    private final String name;

    BankSchema(String name) {
        Invalid.unless(
                !name.isEmpty()
                        && name.indexOf('\0') < 0
                        && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX,
                "use the bank",
                "the schema's name must have 1 to 63 bytes",
                "schema",
                name);
        this.name = name;
    }

    String name() {
        return name;
    }

    String accounts() {
        return quoted("accounts");
    }

    String transactions() {
        return quoted("transactions");
    }

    String statements() {
        return quoted("statements");
    }

    String statementKind() {
        return quoted("statement_kind");
    }

    /** Makes the schema, accounts and transactions where they are missing; the keys are made now or with {@link #addKeys}. */
    void createTables(Connection connection, Keys keys) throws SQLException {
        String accountKey = keys == Keys.NOW ? ", primary key (account)" : "";
        String transactionKey = keys == Keys.NOW ? ", primary key (account, create_at)" : "";
        createSchema(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists " + accounts()
                    + " (account bigint not null, owner text not null, city text not null, iban text not null,"
                    + " balance numeric(14,2) not null, currency char(3) not null, opened date not null,"
                    + " is_active boolean not null, profile jsonb, update_at timestamptz not null" + accountKey + ")");
            statement.execute("create table if not exists " + transactions()
                    + " (account bigint not null, create_at timestamptz not null, update_at timestamptz not null,"
                    + " entity text not null, amount numeric(12,2) not null, is_credit boolean not null, note text"
                    + transactionKey + ")");
        }
    }

    void addKeys(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter table " + accounts() + " add primary key (account)");
            statement.execute("alter table " + transactions() + " add primary key (account, create_at)");
        }
    }

    /**
     * Makes the statements table where it is missing. Its text is stored outside the row and uncompressed, so that an update that leaves it
     * alone does not carry it in the log.
     */
    void createStatements(Connection connection) throws SQLException {
        createSchema(connection);
        try (Statement statement = connection.createStatement()) {
            if (isNull(statement, "to_regtype", statementKind())) {
                statement.execute(
                        "create type " + statementKind() + " as enum ('monthly', 'quarterly', 'annual', 'corrected')");
            }
            if (isNull(statement, "to_regclass", statements())) {
                statement.execute(statementsTable());
                statement.execute("alter table " + statements() + " alter column body set storage external");
            }
        }
    }

    boolean exists(Connection connection, String table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select to_regclass(?) is not null")) {
            query.setString(1, table);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    /** Whether the table exists and has a row. */
    boolean hasRows(Connection connection, String table) throws SQLException {
        if (!exists(connection, table)) {
            return false;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select exists (select 1 from " + table + ")")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /** Looks first: "if not exists" asks for the right to create schemas even when there is nothing to create. */
    private void createSchema(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select from pg_namespace where nspname = ?")) {
            query.setString(1, name);
            try (ResultSet rows = query.executeQuery()) {
                if (rows.next()) {
                    return;
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("create schema if not exists " + quote(name));
        }
    }

    private static boolean isNull(Statement statement, String function, String object) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery("select " + function + "('" + object.replace("'", "''") + "') is null")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    private String statementsTable() {
        return "create table " + statements()
                + " (statement uuid primary key, account bigint not null, kind " + statementKind() + " not null,"
                + " period date not null, opened_at time, printed_at timestamp, opening numeric(18,4),"
                + " exchange numeric, rate double precision, score real, pages smallint, lines integer, is_sent boolean,"
                + " branch char(8), title varchar(200), body text not null, digest bytea, attributes json, totals jsonb,"
                + " remark text, update_at timestamptz not null)";
    }

    private String quoted(String table) {
        return quote(name) + "." + quote(table);
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** When primary keys are made: a bulk load is faster without them. */
    enum Keys {
        NOW,
        AFTER_LOAD
    }
}
