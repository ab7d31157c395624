package io.tidemark.source.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.postgres.type.TypeCatalog;
import io.tidemark.source.postgres.type.UserType;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.TypeChoices;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RelationsTest {
    private static final int OID = -5;
    private static final int ENUM = 70_000;

    private static Relations relations(RowSchema... schemas) {
        List<SourceTable> tables = java.util.Arrays.stream(schemas)
                .map(schema -> new SourceTable(schema, -1, -1, List.of()))
                .toList();
        return new Relations(tables, TypeChoices.NONE, () -> TypeCatalog.EMPTY, NoCatalog.INSTANCE);
    }

    private static RowSchema registered(List<String> key, BeforeImage beforeImage) {
        return new RowSchema(
                new TableId("public", "registered"),
                List.of(
                        new Column("id", ColumnType.INT32, false, "integer"),
                        new Column("note", ColumnType.STRING, true, "text")),
                key,
                beforeImage,
                Integer.toUnsignedString(OID));
    }

    /** Describes {@code public.t(id, note)}. */
    private static RowSchema describe(Relations relations, char identity, boolean idFlag, boolean noteFlag) {
        byte[] message = MessageWriter.of('R')
                .int32(OID)
                .string("public")
                .string("t")
                .int8(identity)
                .int16(2)
                .int8(idFlag ? 1 : 0)
                .string("id")
                .int32(23)
                .int32(-1)
                .int8(noteFlag ? 1 : 0)
                .string("note")
                .int32(25)
                .int32(-1)
                .bytes();
        MessageReader in = new MessageReader();
        in.reset(message, 0, message.length, 0);
        in.int8();
        relations.describe(in, 1);
        in.end();
        return relations.load(OID, in).schema();
    }

    @Test
    void takesNameKeyAndNullabilityFromTheRegisteredTable() {
        RowSchema schema = describe(relations(registered(List.of("id"), BeforeImage.KEY)), 'd', true, false);
        assertThat(schema).isEqualTo(registered(List.of("id"), BeforeImage.KEY));
    }

    @Test
    void takesTheKeyOfAFullIdentityFromTheRegisteredTable() {
        RowSchema schema = describe(relations(registered(List.of("id"), BeforeImage.FULL)), 'f', true, true);
        assertThat(schema.key()).containsExactly("id");
        assertThat(schema.beforeImage()).isEqualTo(BeforeImage.FULL);
        assertThat(describe(relations(), 'f', true, true).key()).isEmpty();
    }

    @Test
    void believesTheFlagsWhenTheKeyChanged() {
        RowSchema schema = describe(relations(registered(List.of("id"), BeforeImage.KEY)), 'd', false, true);
        assertThat(schema.key()).containsExactly("note");
    }

    @Test
    void makesANewObjectOnlyForANewSchema() {
        Relations relations = relations();
        RowSchema first = describe(relations, 'd', true, false);
        assertThat(describe(relations, 'd', true, false)).isSameAs(first);
        RowSchema full = describe(relations, 'f', true, true);
        assertThat(full).isNotEqualTo(first);
        assertThat(describe(relations, 'd', true, false)).isNotSameAs(first).isEqualTo(first);
    }

    @Test
    void knowsTablesWithoutIdentity() {
        RowSchema schema = describe(relations(), 'n', false, false);
        assertThat(schema.key()).isEmpty();
        assertThat(schema.beforeImage()).isEqualTo(BeforeImage.NONE);
        assertThat(schema.table()).isEqualTo(new TableId("public", "t"));
        assertThat(schema.columns()).allMatch(Column::nullable);
    }

    @Test
    void takesBackThatOldRowsAreWhole() {
        Relations relations = relations(registered(List.of("id"), BeforeImage.FULL));
        RowSchema promised = describe(relations, 'd', true, false);
        assertThat(promised.beforeImage()).isEqualTo(BeforeImage.FULL);
        RecordingSink sink = new RecordingSink();
        RowMessages rows = new RowMessages(relations);
        byte[] delete = MessageWriter.delete(OID, 7);
        MessageReader in = new MessageReader();
        in.reset(delete, 0, delete.length, 0);
        rows.apply(in.int8(), in, sink);
        assertThat(sink.schemas.get(0).beforeImage()).isEqualTo(BeforeImage.KEY);
    }

    @Test
    void asksForTypesAgainOnlyWhenOneIsNotKnown() {
        AtomicInteger asked = new AtomicInteger();
        TypeCatalog later = new TypeCatalog(
                Map.of(ENUM, new UserType(ENUM, "public.mood", UserType.Kind.ENUM, "", 0, -1, ',', List.of())),
                2,
                false);
        Relations relations = new Relations(
                List.of(),
                TypeChoices.NONE,
                () -> asked.incrementAndGet() == 1 ? TypeCatalog.EMPTY : later,
                NoCatalog.INSTANCE);
        describe(relations, 'd', true, false);
        assertThat(asked).hasValue(1);
        byte[] message = MessageWriter.of('R')
                .int32(6)
                .string("public")
                .string("u")
                .int8('d')
                .int16(1)
                .int8(1)
                .string("m")
                .int32(ENUM)
                .int32(-1)
                .bytes();
        MessageReader in = new MessageReader();
        in.reset(message, 0, message.length, 0);
        in.int8();
        relations.describe(in, 1);
        assertThat(asked).hasValue(2);
        assertThat(relations.load(6, in).schema().columns())
                .containsExactly(new Column("m", ColumnType.STRING, true, "public.mood"));
    }
}
