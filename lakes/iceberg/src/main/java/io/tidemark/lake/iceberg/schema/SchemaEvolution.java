package io.tidemark.lake.iceberg.schema;

import io.tidemark.lake.upsert.table.SpecProperties;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.SchemaChange;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.PendingUpdate;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.jspecify.annotations.Nullable;

/** The change of a mirror's columns and of the spec in its properties, as one commit. A renamed column keeps its field id, and so its values. */
public final class SchemaEvolution implements PendingUpdate<LakeTableSpec> {
    private static final int FIRST_VERSION_WITH_DEFAULTS = 3;

    private final Table table;
    private final RowSchema before;
    private final LakeTableSpec after;

    public SchemaEvolution(Table table, LakeTableSpec before, LakeTableSpec after) {
        this.table = table;
        this.before = before.schema();
        this.after = after;
    }

    @Override
    public LakeTableSpec apply() {
        return after;
    }

    @Override
    public void commit() {
        requirePartitionsStay();
        SchemaChange change = new SchemaChange(before, after.schema());
        Transaction transaction = table.newTransaction();
        // In this order a name that one column leaves is free for another.
        UpdateSchema kept = transaction.updateSchema();
        for (Column dropped : change.dropped()) {
            kept.deleteColumn(name(dropped));
        }
        for (Column now : after.schema().columns()) {
            int index = before.indexOfId(now.id());
            if (index >= 0) {
                follow(kept, before.columns().get(index), now);
            }
        }
        applied(kept);
        kept.commit();
        if (!change.added().isEmpty()) {
            UpdateSchema more = transaction.updateSchema();
            for (Column added : change.added()) {
                add(more, transaction.table().schema(), added);
            }
            putInOrder(more, change.added());
            requireReadable(applied(more));
            more.commit();
        }
        transaction
                .updateProperties()
                .set(SpecProperties.KEY, SpecProperties.write(after))
                .commit();
        transaction.commitTransaction();
    }

    /** An added column comes where a mirror that is made anew has it: before columns that the source does not know. */
    private void putInOrder(UpdateSchema update, List<Column> added) {
        List<Column> columns = after.schema().columns();
        for (Column column : added) {
            int index = columns.indexOf(column);
            if (index == 0) {
                update.moveFirst(name(column));
            } else {
                update.moveAfter(name(column), name(columns.get(index - 1)));
            }
        }
    }

    /** Iceberg takes the path to a part of a nested column for a name that no column can have. */
    private Schema applied(UpdateSchema update) {
        try {
            Schema schema = update.apply();
            schema.findField("_");
            return schema;
        } catch (ValidationException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot change the columns of the mirror of " + before.table() + " in place: " + e.getMessage(),
                    e);
        }
    }

    /** Iceberg writes defaults that it cannot read again (NaN, infinities), and with them a table that nobody can open. */
    private void requireReadable(Schema schema) {
        Schema again = null;
        try {
            again = SchemaParser.fromJson(SchemaParser.toJson(schema));
        } catch (RuntimeException e) {
            throw unreadable(e);
        }
        if (!again.sameSchema(schema)) {
            throw unreadable(null);
        }
    }

    private TidemarkException unreadable(@Nullable RuntimeException cause) {
        return new TidemarkException(
                ErrorCode.LAKE_SCHEMA_MISMATCH,
                "Cannot change the columns of the mirror of " + before.table()
                        + " in place: a column came with a value that Iceberg cannot keep as a default",
                cause);
    }

    private void add(UpdateSchema update, Schema present, Column added) {
        // The ids inside it are given when it is added.
        AtomicInteger ids = new AtomicInteger();
        Type type = IcebergSchemas.type(added.type(), ids::incrementAndGet);
        boolean isPart =
                present.findField(added.name()) != null && present.asStruct().field(added.name()) == null;
        if (isPart) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot change the columns of the mirror of " + before.table() + " in place: Iceberg takes column "
                            + added.name() + " for a part of another one");
        }
        if (added.initial() == null) {
            update.addColumn(null, added.name(), type);
        } else if (added.type().isNested()) {
            throw unreadable(null);
        } else if (TableUtil.formatVersion(table) < FIRST_VERSION_WITH_DEFAULTS) {
            throw new TidemarkException(
                    ErrorCode.LAKE_SCHEMA_MISMATCH,
                    "Cannot change the columns of the mirror of " + before.table() + " in place: column " + added.name()
                            + " came with a value, which Iceberg tables have from version 3 on");
        } else {
            Literal<?> value = IcebergSchemas.initial(added.type(), added.initial());
            update.addColumn(null, added.name(), type, null, value);
            // New rows are written whole, so that another default in the database is of no concern.
            update.updateColumnDefault(added.name(), null);
        }
    }

    private static void follow(UpdateSchema update, Column was, Column now) {
        if (!was.type().equals(now.type())) {
            Type.PrimitiveType wider = IcebergSchemas.type(now.type(), () -> 0).asPrimitiveType();
            update.updateColumn(name(was), wider);
        }
        if (!was.name().equals(now.name())) {
            update.renameColumn(name(was), now.name());
        }
    }

    /** The configuration names partition columns, so such a column can neither go nor change its name. */
    private void requirePartitionsStay() {
        for (PartitionSpec spec : List.copyOf(table.specs().values())) {
            for (PartitionField field : spec.fields()) {
                String name = table.schema().findColumnName(field.sourceId());
                Function<RowSchema, Integer> id = schema -> {
                    int index = name == null ? -1 : schema.indexOf(name);
                    return index < 0 ? -1 : schema.columns().get(index).id();
                };
                if (!id.apply(before).equals(id.apply(after.schema()))) {
                    throw new TidemarkException(
                            ErrorCode.LAKE_SCHEMA_MISMATCH,
                            "Cannot change the columns of the mirror of " + before.table()
                                    + " in place: it is partitioned by column " + name);
                }
            }
        }
    }

    /** Iceberg takes a dot for the path into a nested column; two columns of which one is such a path of the other it refuses. */
    private static String name(Column column) {
        return column.name();
    }
}
