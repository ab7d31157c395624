package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.type.ColumnChoices;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the stream by oid, as its Relation messages describe them. A message tells names, types and which columns identify a row; name,
 * key order, nullability and what is logged of partitions' old rows come from the table as registered, as long as both agree.
 */
final class Relations {
    private static final int KEY_FLAG = 1;
    private static final char IDENTITY_FULL = 'f';
    private static final char IDENTITY_NOTHING = 'n';

    private final Map<Integer, StreamRelation> known = new HashMap<>();
    private final Map<Integer, SourceTable> registered = new HashMap<>();
    private final TypeChoices choices;
    private final Supplier<TypeCatalog> typeSource;
    private TypeCatalog types;
    private int lastOid;
    private @Nullable StreamRelation last;

    /**
     * Relations of a stream.
     *
     * @param typeSource asked at first, and again when a column has a type that is not known
     */
    Relations(List<SourceTable> tables, TypeChoices choices, Supplier<TypeCatalog> typeSource) {
        tables.forEach(table -> registered.put(Integer.parseUnsignedInt(table.identity()), table));
        this.choices = choices;
        this.typeSource = typeSource;
        this.types = typeSource.get();
    }

    /** The relation with this oid; every message that names one comes after its description. */
    StreamRelation load(int oid, MessageReader in) {
        StreamRelation relation = last;
        if (relation == null || lastOid != oid) {
            relation = known.get(oid);
            if (relation == null) {
                throw in.malformed("unknown relation (oid=" + Integer.toUnsignedString(oid) + ")");
            }
            last = relation;
            lastOid = oid;
        }
        return relation;
    }

    /** Takes a Relation message from behind its type and transaction id. */
    void describe(MessageReader in) {
        int length = in.remaining();
        int start = in.skip(0);
        int oid = in.int32();
        StreamRelation before = known.get(oid);
        if (before != null && before.isDescribedBy(in.buffer(), start, length)) {
            in.skip(length - 4);
            return;
        }
        byte[] description = java.util.Arrays.copyOfRange(in.buffer(), start, start + length);
        StreamRelation after = parse(in, oid, description);
        if (before == null || !before.schema().equals(after.schema())) {
            known.put(oid, after);
        } else {
            // The same object says that nothing changed for the rows.
            known.put(oid, new StreamRelation(description, before.schema(), after.types()));
        }
        last = null;
    }

    private StreamRelation parse(MessageReader in, int oid, byte[] description) {
        String namespace = in.string();
        String name = in.string();
        char identity = (char) in.int8();
        int count = in.int16();
        if (count < 0) {
            throw in.malformed("impossible count of columns (count=" + count + ")");
        }
        @Nullable SourceTable table = registered.get(oid);
        List<Column> columns = new ArrayList<>();
        List<PgType> columnTypes = new ArrayList<>();
        List<String> flagged = new ArrayList<>();
        try {
            TableId id = table != null ? table.id() : new TableId(namespace.isEmpty() ? "pg_catalog" : namespace, name);
            for (int i = 0; i < count; i++) {
                boolean isKey = (in.int8() & KEY_FLAG) != 0;
                String columnName = in.string();
                PgType type = carried(type(in.int32(), in.int32()), id, columnName, table);
                columns.add(column(columnName, type, table));
                columnTypes.add(type);
                if (isKey) {
                    flagged.add(columnName);
                }
            }
            in.end();
            RowSchema schema = new RowSchema(
                    id, columns, key(columns, flagged, identity, table), beforeImage(columns, identity, table));
            return new StreamRelation(description, schema, columnTypes);
        } catch (IllegalArgumentException e) {
            throw in.malformed("a table that cannot be (oid=" + Integer.toUnsignedString(oid) + ")", e);
        }
    }

    private PgType type(int oid, int typmod) {
        PgType type = PgType.of(oid, typmod, types);
        if (!type.isSupported() && !types.types().containsKey(oid)) {
            types = typeSource.get();
            type = PgType.of(oid, typmod, types);
        }
        return type;
    }

    /** A column of the registered type is carried as it is registered; what is chosen now counts for others only. */
    private PgType carried(PgType type, TableId id, String name, @Nullable SourceTable table) {
        int index = table == null ? -1 : table.schema().indexOf(name);
        if (table != null && index >= 0) {
            Column known = table.schema().columns().get(index);
            if (known.sourceType().equals(type.sourceType())) {
                return type.as(known.type()).orElse(type);
            }
        }
        return ColumnChoices.apply(choices, id, name, type);
    }

    private static Column column(String name, PgType type, @Nullable SourceTable table) {
        boolean nullable = true;
        if (table != null) {
            int index = table.schema().indexOf(name);
            if (index >= 0) {
                Column known = table.schema().columns().get(index);
                nullable = known.nullable() || !known.type().equals(type.columnType());
            }
        }
        return new Column(name, type.columnType(), nullable, type.sourceType());
    }

    /** With identity FULL every column is flagged, and without one none; then only the registration knows. */
    private static List<String> key(
            List<Column> columns, List<String> flagged, char identity, @Nullable SourceTable table) {
        boolean flagsTell = identity != IDENTITY_FULL && !flagged.isEmpty();
        if (table != null) {
            List<String> key = table.schema().key();
            Set<String> names = new HashSet<>();
            columns.forEach(column -> names.add(column.name()));
            boolean agrees = flagsTell ? Set.copyOf(flagged).equals(Set.copyOf(key)) : names.containsAll(key);
            if (agrees) {
                return key;
            }
        }
        return flagsTell ? flagged : List.of();
    }

    private static BeforeImage beforeImage(List<Column> columns, char identity, @Nullable SourceTable table) {
        if (identity == IDENTITY_FULL) {
            return BeforeImage.FULL;
        }
        // The identity of a partitioned table is not that of its partitions, which the registration knows.
        if (table != null && columns.size() == table.schema().columns().size()) {
            return table.schema().beforeImage();
        }
        return identity == IDENTITY_NOTHING ? BeforeImage.NONE : BeforeImage.KEY;
    }
}
