package io.tidemark.source.postgres.verify;

import io.tidemark.source.postgres.connection.PostgresErrors;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.verify.CanonicalText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What rows hold in a column that was added with a constant default after they were written ({@code pg_attribute.attmissingval}: Postgres does not
 * rewrite them, it keeps the value once).
 */
public final class InitialValue {
    private static final String TYPE = """
            select format_type(atttypid, -1) from pg_catalog.pg_attribute
             where attrelid = ?::int8::oid and attnum = ? and atthasmissing
            """;

    private static final String DATA_EXCEPTION = "22";

    private InitialValue() {}

    /** The value in canonical text; empty when there is none, or none that the column type can hold. */
    public static Optional<String> load(Connection connection, int oid, int number, PgType type) {
        if (type.columnType().isNested()) {
            // Mirrors cannot keep defaults of nested columns.
            return Optional.empty();
        }
        try {
            Optional<String> typeName = find(connection, TYPE, oid, number);
            if (typeName.isEmpty()) {
                return Optional.empty();
            }
            // The array's text form is the only way to a value of a type that is not known beforehand; as an array of
            // text, because
            // the element may be an array itself.
            String sql = "select (" + CanonicalSql.expression(type.columnType(), type, "v")
                    + ")::text from (select (attmissingval::text::text[])[1]::" + typeName.orElseThrow()
                    + " as v from pg_catalog.pg_attribute where attrelid = ?::int8::oid and attnum = ?) m";
            return find(connection, sql, oid, number)
                    .map(text -> type.columnType().kind() == ColumnType.Kind.BOOLEAN ? text.substring(0, 1) : text)
                    .filter(text -> isOf(type.columnType(), text));
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith(DATA_EXCEPTION)) {
                // An array of boxes has another delimiter.
                return Optional.empty();
            }
            throw PostgresErrors.running("look the value of an added column up", e);
        }
    }

    private static boolean isOf(ColumnType type, String text) {
        try {
            CanonicalText.append(ColumnVector.of(type, 1), text);
            return true;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }

    private static Optional<String> find(Connection connection, String sql, int oid, int number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, Integer.toUnsignedLong(oid));
            statement.setInt(2, number);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
            }
        }
    }
}
