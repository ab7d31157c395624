package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.catalog.TableHistory;
import io.tidemark.source.postgres.type.ColumnChoices;
import io.tidemark.source.postgres.type.PgType;
import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
    private final CatalogLookup lookup;
    private final RelationScopes scopes;

    /** Files of tables, noted when the catalog had the table as the stream described it: no later change was in it. */
    private final Map<Integer, Long> files = new HashMap<>();

    /** What the message behind the oid said, and in which transaction. */
    private final Map<Integer, Description> descriptions = new HashMap<>();

    /** Tables of which a composite value came that is not as the catalog has its type. */
    private final Set<Integer> withTextOnly = new HashSet<>();

    private TypeCatalog types;
    private int lastOid;
    private @Nullable StreamRelation last;

    /**
     * Relations of a stream.
     *
     * @param typeSource asked at first, and again when a column has a type that is not known
     * @param lookup asked when a table is described: rarely, since the server describes a table at first and after it changed
     */
    Relations(List<SourceTable> tables, TypeChoices choices, Supplier<TypeCatalog> typeSource, CatalogLookup lookup) {
        this.lookup = lookup;
        this.scopes = new RelationScopes(tables, lookup);
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

    /** What the stream asks the catalog. */
    interface CatalogLookup {
        /** The columns that the table has and had. */
        TableHistory history(int oid);

        /** The greatest number that a column of each table has or had, by oid. */
        Map<Integer, Integer> greatestNumbers();

        /** What rows hold in a column that is younger than they, in canonical text; empty when the column type has no such value. */
        Optional<String> initialValue(int oid, int number, PgType type);
    }

    /**
     * Takes a Relation message from behind its type and transaction id. One that says the same as before may still tell of a change: a column
     * that was dropped and added again.
     *
     * @param transaction id of the transaction that it is part of
     */
    void describe(MessageReader in, long transaction) {
        int oid = in.int32();
        int start = in.skip(0);
        descriptions.put(
                oid, new Description(Arrays.copyOfRange(in.buffer(), start, start + in.remaining()), transaction));
        StreamRelation before = known.get(oid);
        StreamRelation after = parse(in, oid, (int) transaction, before);
        if (before == null || !before.schema().equals(after.schema())) {
            known.put(oid, after);
        } else {
            // The same object says that nothing changed for the rows.
            known.put(oid, after.with(before.schema()));
        }
        last = null;
    }

    /**
     * Describes a table again, with composite values as text, which is right whatever their fields are. The server does not tell that a composite
     * type has changed; the other schema does, and has the table loaded again with its new type.
     */
    void describeAsText(int oid) {
        Description description = Objects.requireNonNull(descriptions.get(oid));
        withTextOnly.add(oid);
        MessageReader in = new MessageReader();
        in.reset(description.message, 0, description.message.length, 0);
        known.put(oid, parse(in, oid, (int) description.transaction, known.get(oid)));
        last = null;
    }

    private StreamRelation parse(MessageReader in, int oid, int transaction, @Nullable StreamRelation before) {
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
        List<Integer> typeOids = new ArrayList<>();
        List<String> flagged = new ArrayList<>();
        List<String> described = new ArrayList<>();
        try {
            TableId id = table != null ? table.id() : new TableId(namespace.isEmpty() ? "pg_catalog" : namespace, name);
            for (int i = 0; i < count; i++) {
                boolean isKey = (in.int8() & KEY_FLAG) != 0;
                String columnName = in.string();
                int typeOid = in.int32();
                int typmod = in.int32();
                described.add(columnName + " " + typeOid + " " + typmod);
                PgType type = carried(type(typeOid, typmod), id, columnName, table);
                if (type.columnType().hasStruct() && withTextOnly.contains(oid)) {
                    type = type.asText();
                }
                columns.add(column(columnName, type, table));
                columnTypes.add(type);
                typeOids.add(typeOid);
                if (isKey) {
                    flagged.add(columnName);
                }
            }
            in.end();
            RelationScopes.Described all = new RelationScopes.Described(
                    columns, List.of(), columnTypes, typeOids, described, sameKey(flagged, identity, table));
            RelationScopes.Taken taken = take(oid, transaction, before, table, all);
            RowSchema schema = new RowSchema(
                    id,
                    taken.columns(),
                    key(taken.columns(), flagged, identity, table),
                    beforeImage(taken.columns(), identity, table, before),
                    Integer.toUnsignedString(oid));
            List<PgType> carriedTypes = flattened(schema, taken.types());
            return new StreamRelation(
                    identity, withTypes(schema, carriedTypes), carriedTypes, taken.described(), taken.part());
        } catch (IllegalArgumentException e) {
            throw in.malformed("a table that cannot be (oid=" + Integer.toUnsignedString(oid) + ")", e);
        }
    }

    private RelationScopes.Taken take(
            int oid,
            int transaction,
            @Nullable StreamRelation before,
            @Nullable SourceTable table,
            RelationScopes.Described all) {
        List<Column> version = before != null
                ? before.described()
                : table != null ? table.schema().columns() : null;
        if (version == null) {
            return new RelationScopes.Taken(all.columns(), all.types(), all.columns(), null);
        }
        TableScope scope = table == null ? TableScope.WHOLE : table.scope();
        TableHistory history = lookup.history(oid);
        boolean isRewritten =
                !history.isNeverRewritten() && !Long.valueOf(history.files()).equals(files.get(oid));
        ColumnIds ids = new ColumnIds(
                version,
                scope,
                isRewritten,
                history,
                transaction,
                (number, place) -> lookup.initialValue(oid, number, all.types().get(place)));
        List<Integer> numbers = ids.numbers(all.columns());
        List<Column> followed = ids.follow(all.columns(), numbers);
        note(oid, history, all.lines());
        return table == null
                ? new RelationScopes.Taken(followed, all.types(), followed, null)
                : scopes.take(oid, table, before, history, all.with(followed, numbers), types);
    }

    private static List<PgType> flattened(RowSchema schema, List<PgType> types) {
        List<String> names = schema.columns().stream().map(Column::name).toList();
        List<PgType> flattened = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            flattened.add(ColumnChoices.flattened(types.get(i), names.get(i), schema.key(), names));
        }
        return flattened;
    }

    private static RowSchema withTypes(RowSchema schema, List<PgType> types) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Column column = schema.columns().get(i);
            PgType type = types.get(i);
            boolean isSame = column.type().equals(type.columnType());
            columns.add(
                    isSame
                            ? column
                            : new Column(
                                    column.name(),
                                    type.columnType(),
                                    column.nullable(),
                                    type.sourceType(),
                                    column.id()));
        }
        return schema.with(columns, schema.key());
    }

    private void note(int oid, TableHistory history, List<String> described) {
        List<String> there = history.present().stream()
                .map(column -> column.name() + " " + column.typeOid() + " " + column.typmod())
                .toList();
        if (there.equals(described)) {
            files.put(oid, history.files());
        } else {
            files.remove(oid);
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
            Optional<PgType> same = type.asRegistered(table.schema().columns().get(index));
            if (same.isPresent()) {
                return same.orElseThrow();
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
            List<String> key = renamed(table.schema(), columns);
            Set<String> names = new HashSet<>();
            columns.forEach(column -> names.add(column.name()));
            boolean agrees = flagsTell ? Set.copyOf(flagged).equals(Set.copyOf(key)) : names.containsAll(key);
            if (agrees) {
                return key;
            }
            if (!names.containsAll(flagged)) {
                // A key that has a column that is left out is none.
                return List.of();
            }
        }
        return flagsTell ? flagged : List.of();
    }

    private static Set<String> sameKey(List<String> flagged, char identity, @Nullable SourceTable table) {
        Set<String> same = new HashSet<>(flagged);
        same.retainAll(table == null ? List.of() : table.schema().key());
        return identity == IDENTITY_FULL ? Set.of() : same;
    }

    /** The registered key by the names that its columns have now. */
    private static List<String> renamed(RowSchema registered, List<Column> columns) {
        List<String> key = new ArrayList<>();
        for (String name : registered.key()) {
            int id = registered.columns().get(registered.indexOf(name)).id();
            key.add(columns.stream()
                    .filter(column -> id != 0 && column.id() == id)
                    .map(Column::name)
                    .findFirst()
                    .orElse(name));
        }
        return key;
    }

    private static BeforeImage beforeImage(
            List<Column> columns, char identity, @Nullable SourceTable table, @Nullable StreamRelation before) {
        if (identity == IDENTITY_FULL) {
            return BeforeImage.FULL;
        }
        if (before != null && before.identity() == identity) {
            return before.schema().beforeImage();
        }
        // The identity of a partitioned table is not that of its partitions, which the registration knows.
        if (table != null && columns.size() == table.schema().columns().size()) {
            return table.schema().beforeImage();
        }
        return identity == IDENTITY_NOTHING ? BeforeImage.NONE : BeforeImage.KEY;
    }

    /** A Relation message from behind the oid. */
    private static final class Description {
        private final byte[] message;
        private final long transaction;

        Description(byte[] message, long transaction) {
            this.message = message;
            this.transaction = transaction;
        }
    }
}
