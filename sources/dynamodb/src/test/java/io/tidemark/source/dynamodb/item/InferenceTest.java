package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.TableScope;
import io.tidemark.spi.source.TypeChoices;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

class InferenceTest {
    private static final AttributeDefinition PARTITION = key("pk", ScalarAttributeType.S);
    private static final AttributeDefinition SORT = key("at", ScalarAttributeType.N);

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '`', textBlock = """
            {'S':''}                                           ! string        ! S
            {'B':'AA=='}                                       ! bytes         ! B
            {'BOOL':false}                                     ! boolean       ! BOOL
            {'L':[]}                                           ! string        ! L
            {'M':{}}                                           ! string        ! M
            {'SS':['a']}                                       ! list<string>  ! SS
            {'BS':['AA==']}                                    ! list<bytes>   ! BS
            {'NS':['1','2']}                                   ! list<int64>   ! NS
            {'NS':['1','2.5']}                                 ! list<decimal(38,6)> ! NS
            {'NS':['1','1E-130']}                              ! list<string>  ! NS
            {'N':'0'}                                          ! int64         ! N
            {'N':'-0'}                                         ! int64         ! N
            {'N':'-999999999999999999'}                        ! int64         ! N
            {'N':'1.00'}                                       ! int64         ! N
            {'N':'1E+17'}                                      ! int64         ! N
            {'N':'1000000000000000000'}                        ! decimal(38,0) ! N
            {'N':'99999999999999999999999999999999999999'}     ! decimal(38,0) ! N
            {'N':'1E+38'}                                      ! string        ! N
            {'N':'0.5'}                                        ! decimal(38,6) ! N
            {'N':'0.1234567'}                                  ! decimal(38,7) ! N
            {'N':'0.00000000000000000000000000000000000001'}   ! decimal(38,38) ! N
            {'N':'1.0000000000000000000000000000000000001'}    ! decimal(38,37) ! N
            {'N':'1E-39'}                                      ! string        ! N
            {'N':'1E-130'}                                     ! string        ! N
            {'N':'9.9999999999999999999999999999999999999E+125'} ! string      ! N
            {'N':'1'};{'N':'2.5'}                              ! decimal(38,6) ! N
            {'N':'99999999999999999999999999999999'};{'N':'2.5'} ! decimal(38,6) ! N
            {'N':'999999999999999999999999999999999'};{'N':'2.5'} ! string     ! N
            {'NULL':true};{'N':'1'}                            ! int64         ! N
            {'S':'1'};{'N':'1'}                                ! string        ! N|S
            {'BOOL':true};{'B':''};{'S':'a'};{'NULL':true}     ! string        ! B|BOOL|S
            {'SS':['a']};{'L':[]}                              ! string        ! L|SS
            """)
    void valuesSayWhatAColumnIs(String values, String type, String sourceType) {
        Inference inference = new Inference(Samples.TABLE, List.of(PARTITION), TypeChoices.NONE);
        for (String value : values.split(";")) {
            inference.add(Map.of("pk", AttributeValue.fromS("k"), "v", Samples.value(value)));
        }
        assertThat(inference.columns())
                .containsExactly(
                        new Column("pk", ColumnType.STRING, false, "S", ColumnIds.of("pk")),
                        Samples.column("v", type, sourceType));
    }

    @Test
    void keyColumnsComeFirstAndTheOthersByName() {
        Inference inference = new Inference(Samples.TABLE, List.of(PARTITION, SORT), TypeChoices.NONE);
        inference.add(
                Samples.item(
                        "{'pk':{'S':'k'},'at':{'N':'1'},'\uD83D\uDE00':{'S':''},'\uE000':{'S':''},'a':{'NULL':true},'Z':{'S':''}}"));
        inference.add(Samples.item("{'pk':{'S':'k'},'at':{'N':'1.5'},'b':{'S':''}}"));
        assertThat(inference.columns())
                .extracting(Column::name)
                .containsExactly("pk", "at", "Z", "b", "\uE000", "\uD83D\uDE00");
        assertThat(inference.columns())
                .extracting(Column::nullable)
                .containsExactly(false, false, true, true, true, true);
        assertThat(inference.columns().get(1).type()).isEqualTo(ColumnType.decimal(38, 6));
    }

    @Test
    void anEmptyTableHasItsKey() {
        AttributeDefinition bytes = key("b", ScalarAttributeType.B);
        assertThat(new Inference(Samples.TABLE, List.of(SORT, bytes), TypeChoices.NONE).columns())
                .extracting(Column::type)
                .containsExactly(ColumnType.INT64, ColumnType.BYTES);
    }

    @Test
    void choicesGoBeforeWhatIsSeen() {
        TypeChoices choices = new TypeChoices(
                Map.of("N", ColumnType.STRING, "l", ColumnType.list(ColumnType.STRING), "S", ColumnType.UUID),
                Map.of(
                        Samples.TABLE,
                        Map.of(
                                "at", ColumnType.decimal(20, 2),
                                "n", ColumnType.FLOAT64,
                                "bad", ColumnType.DATE,
                                "later", ColumnType.TIMESTAMP_TZ,
                                "never", ColumnType.FLOAT32)));
        Inference inference = new Inference(Samples.TABLE, List.of(PARTITION, SORT), choices);
        inference.add(Samples.item("{'pk':{'S':'k'},'at':{'N':'1'},'n':{'N':'1'},'m':{'N':'1'},'bad':{'BOOL':true},"
                + "'l':{'L':[]},'s':{'S':''}}"));
        assertThat(inference.columns())
                .filteredOn(Column::nullable)
                .containsExactly(
                        Samples.column("bad", "boolean", "BOOL"),
                        Samples.column("l", "list<string>", "L"),
                        Samples.column("later", "timestamp_tz", "S"),
                        Samples.column("m", "string", "N"),
                        Samples.column("n", "float64", "N"),
                        Samples.column("s", "uuid", "S"));
        assertThat(inference.columns())
                .filteredOn(column -> !column.nullable())
                .extracting(Column::type)
                .containsExactly(ColumnType.STRING, ColumnType.decimal(20, 2));
    }

    @Test
    void theStreamAddsAColumnFromOneValue() {
        RowSchema schema = Samples.schema(List.of(Samples.column("pk", "string", "S")), "pk");
        TypeChoices choices =
                new TypeChoices(Map.of(), Map.of(Samples.TABLE, Map.of("chosen", ColumnType.decimal(9, 2))));
        assertThat(Inference.column(schema, choices, "n", Samples.value("{'N':'0.25'}")))
                .contains(Samples.column("n", "decimal(38,6)", "N"));
        assertThat(Inference.column(schema, choices, "chosen", Samples.value("{'N':'1'}")))
                .contains(Samples.column("chosen", "decimal(9,2)", "N"));
        assertThat(Inference.column(schema, choices, "nothing", Samples.value("{'NULL':true}")))
                .isEmpty();
        assertRefused(schema, "odd", AttributeValue.builder().build());
    }

    @Test
    void aChoiceIsKeptWhenTheFirstValueOfTheStreamDoesNotFit() {
        RowSchema schema = Samples.schema(List.of(Samples.column("pk", "string", "S")), "pk");
        TypeChoices choices = new TypeChoices(
                Map.of(),
                Map.of(
                        Samples.TABLE,
                        Map.of("day", ColumnType.DATE, "odd", ColumnType.FLOAT32, "text", ColumnType.STRING)));
        Column day = Inference.column(schema, choices, "day", Samples.value("{'N':'1'}"))
                .orElseThrow();
        assertThat(day).isEqualTo(Samples.column("day", "date", "S"));
        ItemRows rows =
                new ItemRows(schema.with(List.of(schema.columns().get(0), day), schema.key()), TableScope.WHOLE, null);
        ChangeBatch batch = new ChangeBatch(rows.schema(), 1);
        batch.beginRow(Operation.INSERT, 1, 0, 0, 0);
        assertThatThrownBy(() -> rows.append(batch, Samples.item("{'pk':{'S':'k'},'day':{'N':'1'}}")))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_VALUE);
                    assertThat(rows.columnOf(e)).isEqualTo("day");
                });
        assertThat(Inference.column(schema, choices, "text", Samples.value("{'M':{}}")))
                .contains(Samples.column("text", "string", "M"));
        // What no value can be is an error of the configuration, which enrolment tells.
        assertThat(Inference.column(schema, choices, "odd", Samples.value("{'N':'1'}")))
                .contains(Samples.column("odd", "int64", "N"));
    }

    @Test
    void aChosenListIsRefusedWhereAnotherColumnHasTheNameOfItsPart() {
        RowSchema schema = Samples.schema(List.of(Samples.column("c.element", "string", "S")));
        TypeChoices choices =
                new TypeChoices(Map.of(), Map.of(Samples.TABLE, Map.of("c", ColumnType.list(ColumnType.STRING))));
        assertThatThrownBy(() -> Inference.column(schema, choices, "c", Samples.value("{'SS':['x']}")))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_TYPE))
                .hasMessageContaining("cannot be list<string>");
    }

    @Test
    void aChoiceThatAKeyCannotHaveIsTold() {
        RowSchema schema =
                Samples.schema(List.of(Samples.column("pk", "string", "S"), Samples.column("v", "date", "S")), "pk");
        assertThat(Inference.notices(schema, new TypeChoices(Map.of("S", ColumnType.DATE), Map.of())))
                .containsExactly("column pk is carried as string: a column of the key cannot be date");
        assertThat(Inference.notices(schema, TypeChoices.NONE)).isEmpty();
    }

    @Test
    void attributesOfOneIdAreRefused() {
        Inference inference = new Inference(Samples.TABLE, List.of(PARTITION), TypeChoices.NONE);
        inference.add(Samples.item("{'a10984':{'S':''},'a19197':{'S':''}}"));
        assertThatThrownBy(inference::columns).isInstanceOf(TidemarkException.class);
        assertRefused(
                Samples.schema(List.of(Samples.column("a10984", "string", "S"))), "a19197", AttributeValue.fromS(""));
    }

    @Test
    void aListIsTextWhereAnotherColumnHasTheNameOfItsPart() {
        Inference inference = new Inference(Samples.TABLE, List.of(PARTITION), TypeChoices.NONE);
        inference.add(Samples.item("{'a':{'SS':['x']},'a.element':{'S':''},'b':{'SS':['x']}}"));
        assertThat(inference.columns())
                .extracting(column -> column.type().toString())
                .containsExactly("string", "string", "string", "list<string>");
        RowSchema schema = Samples.schema(List.of(Samples.column("c.element", "string", "S")));
        assertThat(Inference.column(schema, TypeChoices.NONE, "c", Samples.value("{'SS':['x']}")))
                .contains(Samples.column("c", "string", "SS"));
        assertRefused(
                Samples.schema(List.of(Samples.column("a", "list<string>", "SS"))),
                "a.element",
                AttributeValue.fromS(""));
    }

    private static void assertRefused(RowSchema schema, String name, AttributeValue value) {
        assertThatThrownBy(() -> Inference.column(schema, TypeChoices.NONE, name, value))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_TYPE))
                .hasMessageContaining(name);
    }

    private static AttributeDefinition key(String name, ScalarAttributeType type) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(type)
                .build();
    }
}
