package io.tidemark.source.postgres.connection;

import java.sql.SQLException;

/** The SQLStates that decide something, as in appendix A of the PostgreSQL manual and in the driver. */
public final class SqlState {
    public static final String UNABLE_TO_CONNECT = "08001";
    public static final String REJECTED = "08004";
    public static final String WRONG_PASSWORD = "28P01";
    public static final String NOT_AUTHORIZED = "28000";
    public static final String UNKNOWN_DATABASE = "3D000";
    public static final String UNKNOWN_SCHEMA = "3F000";
    public static final String UNKNOWN_TABLE = "42P01";
    public static final String UNKNOWN_COLUMN = "42703";
    public static final String UNKNOWN_OBJECT = "42704";
    public static final String DUPLICATE_OBJECT = "42710";
    public static final String NO_PRIVILEGE = "42501";
    public static final String TOO_MANY_CONNECTIONS = "53300";
    public static final String DISK_FULL = "53100";
    public static final String LIMIT_REACHED = "53400";
    public static final String NOT_IN_REQUIRED_STATE = "55000";
    public static final String IN_USE = "55006";
    public static final String LOCK_NOT_AVAILABLE = "55P03";
    public static final String CANCELLED = "57014";
    public static final String SHUTTING_DOWN = "57P01";
    public static final String CRASHED = "57P02";
    public static final String STARTING_UP = "57P03";
    public static final String IDLE_TOO_LONG = "57P05";
    public static final String DEADLOCK = "40P01";
    public static final String CONFLICT = "40001";
    public static final String INTERNAL = "XX000";

    private SqlState() {}

    /** The state, empty when there is none. */
    public static String of(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }

    /** Whether the connection is gone. */
    public static boolean isLost(SQLException e) {
        String state = of(e);
        return state.startsWith("08")
                || state.equals(SHUTTING_DOWN)
                || state.equals(CRASHED)
                || state.equals(STARTING_UP)
                || state.equals(IDLE_TOO_LONG)
                || state.equals("25P03")
                || state.equals("25P04");
    }

    /** Whether a value is at fault (class 22), so that the server's message may hold it. */
    public static boolean isValue(SQLException e) {
        return of(e).startsWith("22");
    }
}
