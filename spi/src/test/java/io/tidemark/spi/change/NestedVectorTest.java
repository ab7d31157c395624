package io.tidemark.spi.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.verify.CanonicalText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NestedVectorTest {
    private static final String UNCHANGED = "unchanged";
    private static final ColumnType LISTS = ColumnType.list(ColumnType.INT32);
    private static final ColumnType DEEP =
            ColumnType.parse("list<struct<\"n\":int32,\"s\":list<string>,\"t\":struct<\"d\":decimal(30,2)>>>");

    @Test
    void listsKeepTheirElements() {
        ListVector column = (ListVector) ColumnVector.of(LISTS, 1);
        column.begin();
        ((IntVector) column.element()).append(1);
        column.element().appendNull();
        column.appendNull();
        column.begin();
        column.appendUnchanged();
        column.begin();
        ((IntVector) column.element()).append(2);
        assertThat(column.length(0)).isEqualTo(2);
        assertThat(column.length(1)).isZero();
        assertThat(column.isPresent(2)).isTrue();
        assertThat(column.length(2)).isZero();
        assertThat(column.length(4)).isEqualTo(1);
        assertThat(CanonicalText.text(column, 0)).isEqualTo("1:1-");
        assertThat(CanonicalText.text(column, 4)).isEqualTo("1:2");
    }

    @Test
    void mapsAreInTheOrderOfTheirKeysSoThatEqualOnesAreOneValue() {
        ListVector column = (ListVector) ColumnVector.of(ColumnType.map(ColumnType.INT32), 1);
        Map<String, @Nullable Integer> entries = new LinkedHashMap<>();
        entries.put("\ud83d\ude00", 1);
        entries.put("b", null);
        entries.put("\uffff", 2);
        entries.put("", 3);
        column.appendMap(entries, NestedVectorTest::appendInt);
        column.appendMap(Map.of(), NestedVectorTest::appendInt);
        CanonicalText.append(column, "5:0:1:34:1:b-8:3:\uffff1:29:4:\ud83d\ude001:1");
        assertThat(CanonicalText.text(column, 0)).isEqualTo("5:0:1:34:1:b-8:3:\uffff1:29:4:\ud83d\ude001:1");
        assertThat(CanonicalText.text(column, 1)).isEmpty();
        assertThat(column.sameValue(0, column, 2)).isTrue();
        assertThat(column.sameValue(0, column, 1)).isFalse();
    }

    private static void appendInt(ColumnVector into, @Nullable Integer value) {
        if (value == null) {
            into.appendNull();
        } else {
            ((IntVector) into).append(value);
        }
    }

    @Test
    void aHalfAppendedValueIsTakenBackWithItsRow() {
        RowSchema schema = new RowSchema(
                new TableId("public", "t"),
                List.of(new Column("c", DEEP, true, "x"), new Column("d", ColumnType.INT32, true, "x")),
                List.of(),
                BeforeImage.FULL);
        ChangeBatch batch = new ChangeBatch(schema, 1);
        batch.beginRow(Operation.INSERT, 1, 0, 0, 0);
        CanonicalText.append(batch.column(0), "12:1:1-6:4:1.50");
        batch.truncate(0);
        batch.beginRow(Operation.INSERT, 1, 0, 0, 0);
        ListVector list = (ListVector) batch.column(0);
        list.begin();
        StructVector struct = (StructVector) list.element();
        struct.begin();
        ((IntVector) struct.field(0)).append(7);
        ((ListVector) struct.field(1)).begin();
        batch.truncate(0);
        batch.beginRow(Operation.INSERT, 1, 0, 0, 0);
        list.begin();
        batch.padRow();
        assertThat(CanonicalText.text(list, 0)).isEmpty();
        assertThat(struct.size()).isZero();
        assertThat(struct.field(0).size()).isZero();
    }

    /** Appends, copies and takes rows back at random, and compares with a list of texts. */
    @Test
    void holdsWhatAListOfTextsHolds() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ColumnVector column = ColumnVector.of(DEEP, 1);
            List<@Nullable String> expected = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                int action = random.nextInt(10);
                int size = column.size();
                if (action < 4) {
                    String text = deep(random);
                    CanonicalText.append(column, text);
                    expected.add(text);
                } else if (action == 4) {
                    column.appendNull();
                    expected.add(null);
                } else if (action == 5) {
                    column.appendUnchanged();
                    expected.add(UNCHANGED);
                } else if (action < 8 && size > 0) {
                    int from = random.nextInt(size);
                    column.appendFrom(column, from);
                    expected.add(expected.get(from));
                } else if (action == 8) {
                    int keep = random.nextInt(size + 1);
                    column.truncate(keep);
                    expected = new ArrayList<>(expected.subList(0, keep));
                } else if (random.nextInt(10) == 0) {
                    column.clear();
                    expected.clear();
                }
            }
            assertThat(texts(column)).as("seed %s", seed).isEqualTo(expected);
            requireSameWhereTextsAre(column, expected);
        }
    }

    private static void requireSameWhereTextsAre(ColumnVector column, List<@Nullable String> expected) {
        for (int i = 0; i < column.size(); i++) {
            for (int j = 0; j < column.size(); j++) {
                if (column.isPresent(i) && column.isPresent(j)) {
                    assertThat(column.sameValue(i, column, j))
                            .isEqualTo(String.valueOf(expected.get(i)).equals(expected.get(j)));
                }
            }
        }
    }

    private static List<@Nullable String> texts(ColumnVector column) {
        List<@Nullable String> texts = new ArrayList<>();
        for (int i = 0; i < column.size(); i++) {
            texts.add(column.isNull(i) ? null : column.isUnchanged(i) ? UNCHANGED : CanonicalText.text(column, i));
        }
        return texts;
    }

    private static String deep(Random random) {
        StringBuilder list = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            StringBuilder strings = new StringBuilder();
            for (int k = random.nextInt(3); k > 0; k--) {
                strings.append(item(random, "xy"));
            }
            String struct = item(random, "42") + item(random, strings.toString()) + item(random, item(random, "-1.50"));
            list.append(item(random, struct));
        }
        return list.toString();
    }

    private static String item(Random random, String text) {
        return random.nextInt(4) == 0 ? "-" : text.length() + ":" + text;
    }
}
