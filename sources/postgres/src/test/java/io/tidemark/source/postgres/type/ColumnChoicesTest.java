package io.tidemark.source.postgres.type;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.TypeChoices;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnChoicesTest {
    private static final TableId TABLE = new TableId("public", "t");
    private static final int NUMERIC_12_2 = (12 << 16 | 2) + 4;
    private static final TypeCatalog DOMAINS = new TypeCatalog(
            Map.of(90_000, new UserType(90_000, "public.price", UserType.Kind.DOMAIN, "", 1700, -1, ',', List.of())),
            2,
            false);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            timestamp                     | string        |
            TIMESTAMP (3) with time zone  | string        |
            timestamptz[]                 | string        |
            numeric(12,2)                 | decimal(20,4) |
            int4                          | int64         |
            smallint                      | int64         |
            public.price                  | string        |
            money                         | string        |
            interval day to second(3)     | string        |
            timestamp                     | int64         | cannot be int64: timestamp without time zone can be string
            numeric[]                     | decimal(9,2)  | cannot be decimal(9,2): numeric[] can be string
            bigint                        | decimal(9,2)  | cannot be decimal(9,2): bigint can be string
            numeric                       | int64         | cannot be int64: numeric can be string or decimal(p,s)
            public.price[]                | string        |
            integer[]                     | string        |
            money[]                       | string        | cannot be string: money[] can be list<decimal> only
            timestmp                      | string        | names no type that can be carried
            """)
    void saysWhatATypeCannotBe(String type, String wanted, String expected) {
        assertThat(ColumnChoices.refusal(type, ColumnType.parse(wanted)).orElse(""))
                .startsWith(expected == null ? "" : expected)
                .matches(reason -> reason.isEmpty() == (expected == null));
    }

    @Test
    void everyBuiltInTypeCanBeTextAndWhatIsPossibleIsDone() {
        for (BuiltinType type : BuiltinType.all()) {
            PgType plain = PgType.of(type.oid(), -1, TypeCatalog.EMPTY);
            for (String choice : ColumnChoices.possible(type)) {
                ColumnType wanted = ColumnType.parse(choice.replace("p,s", "20,4"));
                assertThat(ColumnChoices.refusal(type.name(), wanted)).isEmpty();
                assertThat(plain.as(wanted).orElseThrow().columnType())
                        .as(type.name())
                        .isEqualTo(wanted);
            }
        }
    }

    @Test
    void aColumnsChoiceGoesBeforeOneForItsTypeAndThatBeforeOneForTheTypeUnderIt() {
        ColumnType decimal = ColumnType.decimal(20, 4);
        TypeChoices choices = new TypeChoices(
                Map.of("numeric", decimal, "public.price", ColumnType.STRING, "int4", ColumnType.INT64),
                Map.of(TABLE, Map.of("b", ColumnType.decimal(9, 1))));
        assertThat(carried(choices, "a", PgType.of(1700, -1, DOMAINS))).isEqualTo(decimal);
        assertThat(carried(choices, "b", PgType.of(1700, -1, DOMAINS))).isEqualTo(ColumnType.decimal(9, 1));
        assertThat(carried(choices, "c", PgType.of(90_000, -1, DOMAINS))).isEqualTo(ColumnType.STRING);
        assertThat(carried(choices, "d", PgType.of(23, -1, DOMAINS))).isEqualTo(ColumnType.INT64);
        assertThat(carried(new TypeChoices(Map.of("numeric", decimal), Map.of()), "c", PgType.of(90_000, -1, DOMAINS)))
                .isEqualTo(decimal);
    }

    @Test
    void aDecimalForAllNumericsLeavesThoseThatDeclareTheirOwn() {
        PgType declared = PgType.of(1700, NUMERIC_12_2, DOMAINS);
        assertThat(carried(new TypeChoices(Map.of("numeric", ColumnType.decimal(20, 4)), Map.of()), "a", declared))
                .isEqualTo(ColumnType.decimal(12, 2));
        assertThat(carried(new TypeChoices(Map.of("numeric", ColumnType.STRING), Map.of()), "a", declared))
                .isEqualTo(ColumnType.STRING);
    }

    private static ColumnType carried(TypeChoices choices, String column, PgType type) {
        return ColumnChoices.apply(choices, TABLE, column, type).columnType();
    }
}
