package io.tidemark.workload.command;

import io.tidemark.cli.Session;
import io.tidemark.engine.config.Section;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.nio.file.Files;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The database that the workload writes to.
 *
 * @param url {@code jdbc:postgresql://host:port/database}, with parameters
 * @param user role that connects
 * @param password its password; empty when the server asks for none
 */
record BankAddress(String url, String user, Optional<String> password) {
    /** The variable that {@code tidemark init} proposes, too. */
    static final String PASSWORD_VARIABLE = "TIDEMARK_PASSWORD";

    private static final String USER_DEFAULT = "postgres";
    private static final String JDBC = "jdbc:";

    BankAddress {
        if (!url.startsWith("jdbc:postgresql://")) {
            throw refused("it must read postgresql://host:port/database");
        }
        String hosts = url.substring("jdbc:postgresql://".length()).split("[/?]", 2)[0];
        if (hosts.indexOf('@') >= 0) {
            throw refused("it must not hold a user or password; see --user and --password-env");
        }
    }

    /** Shows no password. */
    @Override
    public String toString() {
        return url.substring(JDBC.length()).replaceFirst("[?].*$", "");
    }

    /** What the options name. */
    static BankAddress ofOptions(
            Session session, String url, @Nullable String user, @Nullable String passwordVariable) {
        String variable = passwordVariable == null ? PASSWORD_VARIABLE : passwordVariable;
        Optional<String> password = Optional.ofNullable(session.environment().get(variable));
        if (password.isEmpty() && passwordVariable != null) {
            throw new TidemarkException(
                    ErrorCode.SECRET_NOT_FOUND,
                    "Cannot read the password: the environment variable is not set (variable=" + variable + ")");
        }
        return new BankAddress(jdbc(url), user == null ? USER_DEFAULT : user, password);
    }

    /** The source of the configuration file. */
    static BankAddress ofConfig(Session session) {
        if (!Files.exists(session.configFile())) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot run the workload: no database is named, and there is no configuration to take it from (file="
                            + session.configFile() + ")",
                    "Name it: tidemark workload --url postgresql://host:5432/database --user NAME",
                    null);
        }
        Section source = session.config().source();
        if (!source.type().equals("postgres")) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot run the workload: it writes to Postgres only (source.type=" + source.type() + ")",
                    "Name a Postgres database with --url.",
                    null);
        }
        Settings settings = source.settings();
        return new BankAddress(
                jdbc(settings.value(Setting.text("url", "Where the database is."))),
                settings.value(Setting.text("user", "Role that connects.")),
                settings.find(Setting.text("password", "Password of the role.")));
    }

    DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            source.setUrl(url);
        } catch (IllegalArgumentException e) {
            throw refused("it must read postgresql://host:port/database");
        }
        source.setUser(user);
        password.ifPresent(source::setPassword);
        source.setApplicationName("tidemark workload");
        return source;
    }

    private static String jdbc(String url) {
        String text = url.trim();
        if (text.startsWith("postgres://")) {
            return JDBC + "postgresql" + text.substring("postgres".length());
        }
        return text.startsWith(JDBC) ? text : JDBC + text;
    }

    /** The URL itself may hold what should not be printed. */
    private static TidemarkException refused(String reason) {
        return new TidemarkException(ErrorCode.INVALID_ARGUMENT, "Cannot use the database's URL: " + reason);
    }
}
