package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.RowFilter;
import io.tidemark.spi.source.TableScope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class ItemRowsTest {
    private static final RowSchema SCHEMA = Samples.schema(
            List.of(
                    Samples.column("pk", "string", "S"),
                    Samples.column("at", "int64", "N"),
                    Samples.column("tags", "list<string>", "SS"),
                    Inference.document("_item")),
            "at",
            "pk");

    private final ItemRows rows = new ItemRows(SCHEMA, TableScope.WHOLE, "_item");
    private final ChangeBatch batch = new ChangeBatch(SCHEMA, 1);

    @Test
    void theDocumentHoldsTheWholeItem() {
        begin(Operation.INSERT);
        rows.append(batch, Samples.item("{'tags':{'SS':['b','a']},'pk':{'S':'k'},'at':{'N':'1'},'x':{'NULL':true}}"));
        assertThat(((BytesVector) batch.column(3)).text(0))
                .isEqualTo("{\"at\":{\"N\":\"1\"},\"pk\":{\"S\":\"k\"},\"tags\":{\"SS\":[\"a\",\"b\"]},"
                        + "\"x\":{\"NULL\":true}}");
    }

    @Test
    void ofADeletedRowOnlyTheKeyIsThere() {
        begin(Operation.DELETE);
        rows.appendKey(batch, Samples.item("{'tags':{'SS':['a']},'pk':{'S':'k'},'at':{'N':'7'}}"));
        assertThat(((BytesVector) batch.column(0)).text(0)).isEqualTo("k");
        assertThat(((LongVector) batch.column(1)).value(0)).isEqualTo(7);
        assertThat(batch.column(2).isNull(0)).isTrue();
        assertThat(batch.column(3).isNull(0)).isTrue();
    }

    @Test
    void aRefusedValueIsNamedAndNotShownAndItsRowCanBeTakenOff() {
        begin(Operation.INSERT);
        rows.append(batch, Samples.item("{'tags':{'SS':['a']},'pk':{'S':'k'},'at':{'N':'7'}}"));
        begin(Operation.INSERT);
        Map<String, AttributeValue> bad = Samples.item("{'tags':{'S':'secret'},'pk':{'S':'k'},'at':{'N':'7'}}");
        TidemarkException refused = catchThrowableOfType(TidemarkException.class, () -> rows.append(batch, bad));
        assertThat(refused.code()).isEqualTo(ErrorCode.SOURCE_VALUE);
        assertThat(refused)
                .hasMessage("Cannot represent value: it is no list and no set (table=dynamodb.orders, column=tags,"
                        + " type=S, characters=6, wanted=list<string>)");
        assertThat(rows.columnOf(refused)).isEqualTo("tags");
        assertThat(rows.columnOf(new TidemarkException(ErrorCode.SOURCE_VALUE, "another")))
                .isEmpty();
        batch.truncate(1);
        begin(Operation.UPDATE);
        rows.append(batch, Samples.item("{'tags':{'SS':['z']},'pk':{'S':'k'},'at':{'N':'7'}}"));
        assertThat(batch.columns()).allMatch(column -> column.size() == 2);
    }

    @Test
    void aHalfAppendedMapCanBeTakenOff() {
        RowSchema schema = Samples.schema(List.of(Samples.column("v", "map<string,list<int64>>", "M")));
        ItemRows maps = new ItemRows(schema, TableScope.WHOLE, null);
        ChangeBatch half = new ChangeBatch(schema, 1);
        half.beginRow(Operation.INSERT, 1, 0, 1, 0);
        assertThatThrownBy(() ->
                        maps.append(half, Samples.item("{'v':{'M':{'a':{'L':[]},'b':{'L':[{'N':'1'},{'S':'x'}]}}}}")))
                .isInstanceOf(TidemarkException.class);
        half.truncate(0);
        half.beginRow(Operation.INSERT, 1, 0, 1, 0);
        maps.append(half, Samples.item("{'v':{'M':{'c':{'L':[{'N':'5'}]}}}}"));
        assertThat(io.tidemark.spi.verify.CanonicalText.text(half.column(0), 0)).isEqualTo("8:1:c3:1:5");
    }

    @Test
    void aHalfAppendedListCanBeTakenOff() {
        RowSchema schema = Samples.schema(List.of(Samples.column("v", "list<struct<\"a\":int64,\"b\":int64>>", "L")));
        ItemRows lists = new ItemRows(schema, TableScope.WHOLE, null);
        ChangeBatch half = new ChangeBatch(schema, 1);
        half.beginRow(Operation.INSERT, 1, 0, 1, 0);
        assertThatThrownBy(() -> lists.append(
                        half, Samples.item("{'v':{'L':[{'M':{'a':{'N':'1'}}},{'M':{'a':{'N':'1'},'b':{'S':'x'}}}]}}")))
                .isInstanceOf(TidemarkException.class);
        half.truncate(0);
        half.beginRow(Operation.INSERT, 1, 0, 1, 0);
        Map<String, AttributeValue> good = Samples.item("{'v':{'L':[{'M':{'b':{'N':'5'}}}]}}");
        lists.append(half, good);
        assertThat(io.tidemark.spi.verify.CanonicalText.text(half.column(0), 0))
                .isEqualTo(new ItemText(schema, null).row(good).get(0))
                .isEqualTo("4:-1:5");
    }

    @Test
    void aKeyMustBeThere() {
        for (String item : List.of("{'pk':{'S':'k'}}", "{'pk':{'S':'k'},'at':{'NULL':true}}")) {
            begin(Operation.DELETE);
            TidemarkException refused =
                    catchThrowableOfType(TidemarkException.class, () -> rows.appendKey(batch, Samples.item(item)));
            assertThat(refused.code()).isEqualTo(ErrorCode.SOURCE_VALUE);
            assertThat(rows.columnOf(refused)).isEqualTo("at");
            batch.truncate(0);
        }
    }

    @Test
    void keysAreTextInKeyOrder() {
        assertThat(rows.keyText(Samples.item("{'pk':{'S':'k'},'at':{'N':'7.0'}}")))
                .containsExactly("7", "k");
        assertThat(rows.keyText(Samples.item("{'pk':{'S':'k'},'at':{'N':'7.5'}}")))
                .isEmpty();
        assertThat(rows.keyText(Samples.item("{'pk':{'S':'k'}}"))).isEmpty();
    }

    @Test
    void unknownAttributesAreThoseWithAValueThatAreNotLeftOut() {
        TableScope scope = new TableScope(List.of("secret_.*"), Set.of(ColumnIds.of("gone")), RowFilter.ALL);
        ItemRows scoped = new ItemRows(SCHEMA, scope, "_item");
        Map<String, AttributeValue> item = Samples.item("{'pk':{'S':'k'},'_item':{'S':''},'b':{'S':''},'a':{'N':'1'},"
                + "'nothing':{'NULL':true},'secret_pin':{'N':'1'},'gone':{'S':''}}");
        for (int again = 0; again < 2; again++) {
            assertThat(scoped.unknown(item).keySet()).containsExactly("a", "b");
        }
    }

    @Test
    void aDocumentNeedsItsColumn() {
        assertThatThrownBy(() -> new ItemRows(SCHEMA, TableScope.WHOLE, "doc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("doc");
    }

    private void begin(Operation operation) {
        batch.beginRow(operation, 1, batch.size(), 1, 0);
    }
}
