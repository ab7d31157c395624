package io.tidemark.source.postgres.verify;

import io.tidemark.source.postgres.connection.SqlState;
import io.tidemark.source.postgres.connection.SqlText;
import io.tidemark.source.postgres.view.RelationLayout;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.DigestRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A range of the first key column as SQL. Texts are ordered by their bytes, whatever the column's collation, since the mirror orders them so. */
final class KeyRange {
    private KeyRange() {}

    static boolean isGiven(DigestRequest request) {
        return request.from().isPresent() || request.to().isPresent();
    }

    /**
     * The condition that rows of the range fulfil.
     *
     * @throws TidemarkException {@code INVALID_ARGUMENT} when the table has no key or a bound is no value of the column's type
     */
    static String condition(Connection connection, RelationLayout layout, DigestRequest request) throws SQLException {
        if (!layout.schema().hasKey()) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot compare a key range: the table has no key (table="
                            + layout.schema().table() + ")");
        }
        int index = layout.schema().keyIndexes()[0];
        Column column = layout.schema().columns().get(index);
        boolean isText = column.type().kind() == ColumnType.Kind.STRING;
        String quoted = TableId.quote(column.name());
        String expression = isText
                ? "(" + layout.types().get(index).asTextExpression(quoted) + ") collate pg_catalog.\"C\""
                : layout.types().get(index).valueExpression(quoted);
        StringBuilder condition = new StringBuilder("true");
        if (request.from().isPresent()) {
            condition
                    .append(" and ")
                    .append(expression)
                    .append(" >= ")
                    .append(bound(
                            connection, layout, index, "from", request.from().orElseThrow()));
        }
        if (request.to().isPresent()) {
            condition
                    .append(" and ")
                    .append(expression)
                    .append(" < ")
                    .append(bound(connection, layout, index, "to", request.to().orElseThrow()));
        }
        return condition.toString();
    }

    private static String bound(Connection connection, RelationLayout layout, int index, String name, String text)
            throws SQLException {
        Column column = layout.schema().columns().get(index);
        String literal;
        try {
            literal = switch (column.type().kind()) {
                case STRING -> SqlText.literal(text);
                case BYTES -> SqlText.literal("\\x" + (text.startsWith("\\x") ? text.substring(2) : text)) + "::bytea";
                case DECIMAL -> SqlText.literal(text.strip()) + "::numeric";
                default ->
                    SqlText.literal(text.strip()) + "::" + layout.typeNames().get(index);
            };
        } catch (IllegalArgumentException e) {
            throw invalid(layout, column, name, e);
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("select " + literal).close();
            return literal;
        } catch (SQLException e) {
            if (SqlState.isValue(e)) {
                throw invalid(layout, column, name, e);
            }
            throw e;
        }
    }

    private static TidemarkException invalid(RelationLayout layout, Column column, String name, Exception cause) {
        return new TidemarkException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot compare a key range: '" + name + "' is no value of its column (table="
                        + layout.schema().table() + ", column=" + column.name() + ", type=" + column.sourceType() + ")",
                cause);
    }
}
