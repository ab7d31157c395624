package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.dynamodb.export.ExportedItems;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.spi.verify.CanonicalText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What the mirror gets and what a comparison expects, which are computed apart: of every value the same. */
class ItemValuesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '`', textBlock = """
            {'BOOL':true}                     ! boolean       ! BOOL ! t
            {'BOOL':false}                    ! boolean       ! BOOL ! f
            {'N':'-2147483648'}               ! int32         ! N    ! -2147483648
            {'N':'-0'}                        ! int32         ! N    ! 0
            {'N':'9223372036854775807'}       ! int64         ! N    ! 9223372036854775807
            {'N':'-9223372036854775808'}      ! int64         ! N    ! -9223372036854775808
            {'N':'1.00'}                      ! int64         ! N    ! 1
            {'N':'1E+18'}                     ! int64         ! N    ! 1000000000000000000
            {'N':'007'}                       ! int64         ! N    ! 7
            {'N':'0.1'}                       ! float64       ! N    ! 3fb999999999999a
            {'N':'-0'}                        ! float64       ! N    ! 0000000000000000
            {'N':'9007199254740993'}          ! float64       ! N    !
            {'N':'9007199254740992'}          ! float64       ! N    ! 4340000000000000
            {'N':'1E-130'}                    ! float64       ! N    ! 24f1bebdf578b2f4
            {'N':'1E+125'}                    ! float64       ! N    ! 59e2e8bd69aa19cc
            {'N':'0.1000000000000000055511151231257827'} ! float64 ! N !
            {'N':'1.5'}                       ! decimal(9,2)  ! N    ! 1.50
            {'N':'-9999999.99'}               ! decimal(9,2)  ! N    ! -9999999.99
            {'N':'10000000'}                  ! decimal(9,2)  ! N    !
            {'N':'1.505'}                     ! decimal(9,2)  ! N    !
            {'N':'1.500'}                     ! decimal(9,2)  ! N    ! 1.50
            {'N':'99999999999999999999999999999999999999'}  ! decimal(38,0) ! N ! 99999999999999999999999999999999999999
            {'N':'-99999999999999999999999999999999999999'} ! decimal(38,0) ! N ! -99999999999999999999999999999999999999
            {'N':'9.999999999999999999999999999999999999E+37'} ! decimal(38,0) ! N ! 99999999999999999999999999999999999990
            {'N':'0'}                         ! decimal(38,38) ! N   ! 0.00000000000000000000000000000000000000
            {'N':'1E-130'}                    ! decimal(38,38) ! N   !
            {'N':'9.9999999999999999999999999999999999999E+125'} ! decimal(38,0) ! N !
            {'N':'0E+125'}                    ! decimal(38,0) ! N    ! 0
            {'N':'1700000000'}                ! timestamp_tz  ! N    ! 1700000000000000
            {'N':'-0.000001'}                 ! timestamp_tz  ! N    ! -1
            {'N':'0.0000001'}                 ! timestamp_tz  ! N    !
            {'N':'253402300799.999999'}       ! timestamp_tz  ! N    ! 253402300799999999
            {'N':'253402300800'}              ! timestamp_tz  ! N    !
            {'N':'-62167219200'}              ! timestamp_tz  ! N    ! -62167219200000000
            {'N':'-62167219200.000001'}       ! timestamp_tz  ! N    !
            {'N':'1700000000123'}             ! timestamp_tz  ! N    !
            {'N':'1.5'}                       ! int64         ! N    !
            {'N':'9223372036854775808'}       ! int64         ! N    !
            {'N':'1E+125'}                    ! int64         ! N    !
            {'N':'2147483648'}                ! int32         ! N    !
            {'S':'1'}                         ! int64         ! N    !
            {'B':''}                          ! bytes         ! B    ! ``
            {'B':'AP8='}                      ! bytes         ! B    ! 00ff
            {'S':'x'}                         ! bytes         ! B    !
            {'S':''}                          ! string        ! S    ! ``
            {'S':'\uD83D\uDE00 ü'}            ! string        ! S    ! \uD83D\uDE00 ü
            {'N':'1.50'}                      ! string        ! S    ! 1.50
            {'BOOL':true}                     ! string        ! S    ! true
            {'B':'AP8='}                      ! string        ! S    ! AP8=
            {'SS':['b','a']}                  ! string        ! S    ! ['a','b']
            {'M':{}}                          ! string        ! S    ! {}
            {'L':[]}                          ! string        ! L    ! []
            {'S':'a'}                         ! string        ! L    ! 'a'
            {'B':'AP8='}                      ! string        ! M|S  ! 'AP8='
            {'N':'1.50'}                      ! string        ! M    ! 1.50
            {'BOOL':true}                     ! string        ! M    ! true
            {'S':'a'}                         ! string        ! BOOL|S ! a
            {'S':'2024-02-29'}                ! date          ! S    ! 19782
            {'S':'0000-01-01'}                ! date          ! S    ! -719528
            {'S':'2023-02-29'}                ! date          ! S    !
            {'S':'+10000-01-01'}              ! date          ! S    !
            {'N':'1'}                         ! date          ! S    !
            {'S':'00:00'}                     ! time          ! S    ! 0
            {'S':'23:59:59.9999990'}          ! time          ! S    ! 86399999999
            {'S':'23:59:59.'}                 ! time          ! S    !
            {'S':'24:00:00'}                  ! time          ! S    !
            {'S':'1969-12-31T23:59:59.999999'} ! timestamp    ! S    ! -1
            {'S':'1969-12-31T23:59:59Z'}      ! timestamp     ! S    !
            {'S':'1970-01-01t00:00:00'}       ! timestamp     ! S    !
            {'S':'1970-01-01T00:00Z'}         ! timestamp_tz  ! S    ! 0
            {'S':'1970-01-01T00:00:01.5+02:30'} ! timestamp_tz ! S   ! -8998500000
            {'S':'1970-01-01T00:00:00-18:00'} ! timestamp_tz  ! S    ! 64800000000
            {'S':'1970-01-01T00:00:00-18:01'} ! timestamp_tz  ! S    !
            {'S':'1970-01-01T00:00:00'}       ! timestamp_tz  ! S    !
            {'S':'1970-01-01T00:00:00.1234567Z'} ! timestamp_tz ! S  !
            {'S':'123E4567-e89b-12d3-a456-426614174000'} ! uuid ! S  ! 123e4567-e89b-12d3-a456-426614174000
            {'S':'1-1-1-1-1'}                 ! uuid          ! S    !
            {'SS':['\uD83D\uDE00','\uE000','z']} ! list<string> ! SS ! 1:z3:\uE0004:\uD83D\uDE00
            {'NS':['10','9','-1']}            ! list<int64>   ! NS   ! 2:-11:92:10
            {'NS':['1.5','0.25']}             ! list<decimal(9,2)> ! NS ! 4:0.254:1.50
            {'NS':['10','9']}                 ! list<string>  ! NS   ! 1:92:10
            {'BS':['gA==','AQ==','AQA=']}     ! list<bytes>   ! BS   ! 2:014:01002:80
            {'SS':['2024-02-29']}             ! list<date>    ! SS   ! 5:19782
            {'SS':['x']}                      ! list<date>    ! SS   !
            {'S':'x'}                         ! list<string>  ! SS   !
            {'L':[]}                          ! list<int64>   ! L    ! ``
            {'L':[{'N':'2'},{'NULL':true},{'N':'1'}]} ! list<int64> ! L ! 1:2-1:1
            {'L':[{'N':'2'},{'S':'a'}]}       ! list<int64>   ! L    !
            {'L':[{'N':'2'},{'S':'a'},{'L':[]}]} ! list<string> ! L  ! 1:21:a2:[]
            {'M':{'b':{'N':'1'}}}             ! struct<"a":string,"b":int64> ! M ! -1:1
            {'M':{'a':{'S':''},'b':{'NULL':true},'c':{'NULL':true}}} ! struct<"a":string,"b":int64> ! M ! 0:-
            {'M':{'c':{'S':''}}}              ! struct<"a":string,"b":int64> ! M !
            {'M':{'a':{'M':{'x':{'L':[]}}}}}  ! struct<"a":struct<"x":list<int64>>> ! M ! 2:0:
            {'L':[]}                          ! struct<"a":string> ! M !
            {'M':{}}                          ! map<string,int64> ! M ! ``
            {'M':{'b':{'N':'1'},'a':{'NULL':true}}} ! map<string,int64> ! M ! 4:1:a-6:1:b1:1
            {'M':{'\uD83D\uDE00':{'N':'2'},'\uFFFD':{'N':'1'}}} ! map<string,int64> ! M ! 8:3:\uFFFD1:19:4:\uD83D\uDE001:2
            {'M':{'a':{'S':'x'}}}             ! map<string,int64> ! M !
            {'M':{'a':{'M':{'x':{'L':[]}}}}}  ! map<string,map<string,list<int64>>> ! M ! 12:1:a7:5:1:x0:
            {'L':[]}                          ! map<string,int64> ! M !
            """)
    void valuesAreHeldExactlyOrRefused(String json, String type, String sourceType, String expected) {
        AttributeValue value = Samples.value(json);
        Column column = Samples.column("v", type, sourceType);
        String text = expected == null ? null : expected.replace('\'', '"');
        assertThat(mirrored(column, value)).isEqualTo(text);
        if (text == null) {
            assertThat(compared(column, value)).startsWith("!{\"value\":");
        } else {
            assertThat(compared(column, value)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @CsvSource({"string,S", "string,M", "int64,N", "list<string>,SS", "boolean,BOOL"})
    void whatIsNotThereIsNull(String type, String sourceType) {
        RowSchema schema = Samples.schema(List.of(Samples.column("v", type, sourceType)));
        for (String item : List.of("{}", "{'v':{'NULL':true}}", "{'w':{'S':''}}")) {
            ChangeBatch batch = appended(schema, Samples.item(item));
            assertThat(batch.column(0).isNull(0)).isTrue();
            assertThat(new ItemText(schema, null).row(Samples.item(item))).containsOnlyNulls();
        }
    }

    @Test
    void valuesOfNoKnownTypeAreRefusedEverywhere() {
        for (AttributeValue odd : List.of(
                AttributeValue.builder().build(),
                AttributeValue.builder().s("a").n("1").build(),
                AttributeValue.fromN("one"),
                AttributeValue.fromNs(List.of("one")))) {
            assertThat(mirrored(Samples.column("v", "int64", "N"), odd)).isNull();
            assertThat(mirrored(Samples.column("v", "string", "M"), odd)).isNull();
            assertThat(compared(Samples.column("v", "int64", "N"), odd)).startsWith("!");
            assertThat(compared(Samples.column("v", "string", "M"), odd)).startsWith("!");
        }
    }

    @Test
    void thirtyTwoLevelsAreText() {
        AttributeValue value = AttributeValue.fromS("x");
        StringBuilder expected = new StringBuilder("\"x\"");
        for (int level = 0; level < 16; level++) {
            value = AttributeValue.fromM(Map.of("m", AttributeValue.fromL(List.of(value))));
            expected.insert(0, "{\"m\":[").append("]}");
        }
        Column column = Samples.column("v", "string", "M");
        assertThat(mirrored(column, value)).isEqualTo(expected.toString());
        assertThat(compared(column, value)).isEqualTo(expected.toString());
        Map<String, AttributeValue> item = Map.of("v", value);
        assertThat(ExportedItems.parse(DynamoJson.write(item))).isEqualTo(item);
    }

    static List<Long> seeds() {
        return List.of(1L, 2L, 3L, 5L, 8L, 13L, 21L, 34L);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyValueInAnyColumnIsTheSameOnBothSidesOrRefusedOnBoth(long seed) {
        RandomItems random = new RandomItems(seed);
        int held = 0;
        for (int i = 0; i < 4_000; i++) {
            AttributeValue value = random.value(3);
            Column column = new Column(
                    "v",
                    i % 3 == 0 ? random.type(2) : random.typeFor(value),
                    true,
                    i % 5 == 0 ? "L|S" : "S",
                    ColumnIds.of("v"));
            if (!Attributes.isAbsent(value)) {
                String mirrored = mirrored(column, value);
                String compared = compared(column, value);
                assertThat(compared.startsWith("!{") ? null : compared)
                        .as("value %d of %s in %s", i, value, column.type())
                        .isEqualTo(mirrored);
                held += mirrored == null ? 0 : 1;
            }
        }
        assertThat(held).isGreaterThan(1_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void columnsInferredFromItemsHoldThem(long seed) {
        RandomItems random = new RandomItems(seed);
        for (int table = 0; table < 200; table++) {
            List<Map<String, AttributeValue>> items = new ArrayList<>();
            Inference inference = new Inference(Samples.TABLE, List.of(), TypeChoices.NONE);
            for (int i = 0; i < 1 + table % 7; i++) {
                items.add(random.item());
                inference.add(items.get(i));
            }
            List<Column> columns = new ArrayList<>(inference.columns());
            columns.add(Inference.document("_item"));
            RowSchema schema = Samples.schema(columns);
            ItemRows rows = new ItemRows(schema, TableScope.WHOLE, "_item");
            ItemText texts = new ItemText(schema, "_item");
            ChangeBatch batch = new ChangeBatch(schema, 4);
            for (Map<String, AttributeValue> item : items) {
                batch.beginRow(Operation.INSERT, 1, batch.size(), 1, 0);
                rows.append(batch, item);
                assertThat(rows.unknown(item)).isEmpty();
                assertThat(row(batch, batch.size() - 1)).isEqualTo(texts.row(item));
            }
        }
    }

    private static List<String> row(ChangeBatch batch, int row) {
        List<String> texts = new ArrayList<>();
        for (ColumnVector column : batch.columns()) {
            assertThat(column.size()).isEqualTo(batch.size());
            texts.add(column.isNull(row) ? null : CanonicalText.text(column, row));
        }
        return texts;
    }

    /** Text of what the mirror gets; null when the value is refused. */
    private static String mirrored(Column column, AttributeValue value) {
        try {
            return CanonicalText.text(
                    appended(Samples.schema(List.of(column)), Map.of("v", value))
                            .column(0),
                    0);
        } catch (TidemarkException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE);
            return null;
        }
    }

    private static String compared(Column column, AttributeValue value) {
        return new ItemText(Samples.schema(List.of(column)), null)
                .row(Map.of("v", value))
                .get(0);
    }

    private static ChangeBatch appended(RowSchema schema, Map<String, AttributeValue> item) {
        ChangeBatch batch = new ChangeBatch(schema, 1);
        batch.beginRow(Operation.INSERT, 1, 0, 1, 0);
        new ItemRows(schema, TableScope.WHOLE, null).append(batch, item);
        return batch;
    }
}
