package io.tidemark.source.postgres.type;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** A table {@code probe} with one column of a type, read both in binary and as the database renders it. */
final class TypeProbe {
    static final String SETTINGS = "set datestyle=ISO; set timezone=UTC; set intervalstyle=postgres;"
            + " set extra_float_digits=1; set bytea_output=hex";

    private final Connection connection;

    TypeProbe(Connection connection) throws SQLException {
        this.connection = connection;
        execute(SETTINGS);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Makes the table anew with these values, in this order; null for null. */
    void fill(String type, List<String> literals) throws SQLException {
        execute("drop table if exists probe");
        execute("create table probe (id int primary key, v " + type + ")");
        try (PreparedStatement insert =
                connection.prepareStatement("insert into probe values (?, ?::text::" + type + ")")) {
            for (int i = 0; i < literals.size(); i++) {
                insert.setInt(1, i);
                insert.setString(2, literals.get(i));
                insert.execute();
            }
        }
    }

    PgType type() throws SQLException {
        TypeCatalog catalog = TypeCatalog.load(connection);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select atttypid::int8, atttypmod from pg_attribute"
                        + " where attrelid = 'probe'::regclass and attname = 'v'")) {
            row.next();
            return PgType.of((int) row.getLong(1), row.getInt(2), catalog);
        }
    }

    /** What {@code COPY BINARY} gives, decoded as the type. */
    ChangeBatch decoded(PgType type) throws SQLException {
        RowSchema schema = new RowSchema(
                new TableId("public", "probe"),
                List.of(new Column("v", type.columnType(), true, type.sourceType())),
                List.of(),
                BeforeImage.KEY);
        ChangeBatch batch = new ChangeBatch(schema, 4);
        CopyBinaryReader reader = new CopyBinaryReader(new RowDecoder(schema, List.of(type)), () -> batch, 77, 88);
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select v from probe order by id) to stdout (format binary)");
        for (byte[] piece = copy.readFromCopy(); piece != null; piece = copy.readFromCopy()) {
            reader.feed(piece, 0, piece.length);
        }
        reader.finish();
        return batch;
    }

    /** What the database renders for an expression over {@code v}. */
    List<String> rendered(String expression) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select " + expression + " from probe order by id")) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
