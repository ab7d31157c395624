package io.tidemark.source.postgres.connection;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where the database is, without secrets.
 *
 * @param hosts {@code host:port}, several separated by commas
 * @param database name of the database
 * @param parameters parameters of the driver that the URL carried, for example {@code sslmode}
 */
public record PostgresUrl(String hosts, String database, Map<String, String> parameters) {
    private static final String FORM =
            "must read postgresql://host:port/database, with parameters such as ?sslmode=require behind it";

    /** Parameters that Tidemark sets itself, or that would put a secret into a place that is printed. */
    private static final Set<String> OWN = Set.of(
            PGProperty.USER.getName(),
            PGProperty.PASSWORD.getName(),
            PGProperty.REPLICATION.getName(),
            PGProperty.APPLICATION_NAME.getName(),
            PGProperty.PREFER_QUERY_MODE.getName(),
            PGProperty.ASSUME_MIN_SERVER_VERSION.getName());

    private static final Set<String> ADDRESS =
            Set.of(PGProperty.PG_HOST.getName(), PGProperty.PG_PORT.getName(), PGProperty.PG_DBNAME.getName());

    public PostgresUrl {
        parameters = Map.copyOf(parameters);
    }

    /**
     * Reads {@code postgresql://host:port/database?parameters}, also with {@code postgres:} or {@code jdbc:postgresql:} in front.
     *
     * @throws IllegalArgumentException with a reason for people, which never repeats the URL
     */
    public static PostgresUrl parse(String text) {
        String rest = afterScheme(text.trim());
        int end = rest.indexOf('/');
        if (end < 1 || rest.length() == end + 1 || rest.charAt(end + 1) == '?') {
            throw new IllegalArgumentException(FORM);
        }
        if (rest.substring(0, end).indexOf('@') >= 0) {
            throw new IllegalArgumentException("must not hold a user or password: they are settings of their own");
        }
        Properties parsed = Driver.parseURL("jdbc:postgresql://" + rest, null);
        if (parsed == null) {
            throw new IllegalArgumentException(FORM);
        }
        return new PostgresUrl(
                hosts(property(parsed, PGProperty.PG_HOST), property(parsed, PGProperty.PG_PORT)),
                property(parsed, PGProperty.PG_DBNAME),
                parameters(parsed));
    }

    /** The URL for the driver, without parameters. */
    String jdbc() {
        return "jdbc:postgresql://" + hosts + "/" + URLEncoder.encode(database, StandardCharsets.UTF_8);
    }

    /** {@code postgresql://host:port/database}. */
    @Override
    public String toString() {
        return "postgresql://" + hosts + "/" + database;
    }

    private static String afterScheme(String text) {
        for (String scheme : new String[] {"jdbc:postgresql://", "postgresql://", "postgres://"}) {
            if (text.startsWith(scheme)) {
                return text.substring(scheme.length());
            }
        }
        throw new IllegalArgumentException(FORM);
    }

    private static String property(Properties parsed, PGProperty name) {
        @Nullable String value = name.getOrDefault(parsed);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(FORM);
        }
        return value;
    }

    private static String hosts(String hosts, String ports) {
        String[] host = hosts.split(",", -1);
        String[] port = ports.split(",", -1);
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < host.length; i++) {
            joined.append(i == 0 ? "" : ",").append(host[i]).append(':').append(port[Math.min(i, port.length - 1)]);
        }
        return joined.toString();
    }

    private static Map<String, String> parameters(Properties parsed) {
        Map<String, String> parameters = new TreeMap<>();
        for (String name : parsed.stringPropertyNames()) {
            if (ADDRESS.contains(name)) {
                continue;
            }
            if (OWN.contains(name)) {
                throw new IllegalArgumentException("must not hold the parameter " + name + ": Tidemark sets it itself");
            }
            if (PGProperty.forName(name) == null) {
                throw new IllegalArgumentException(
                        "holds a parameter that the driver does not know (parameter=" + name + ")");
            }
            parameters.put(name, parsed.getProperty(name));
        }
        return parameters;
    }
}
