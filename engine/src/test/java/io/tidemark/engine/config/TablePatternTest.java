package io.tidemark.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.spi.schema.TableId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TablePatternTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public.*         | public | accounts   | true
            public.*         | publix | accounts   | false
            *.*              | a b    | c.d        | true
            public.audit_?   | public | audit_1    | true
            public.audit_?   | public | audit_12   | false
            public.a?c       | public | a😀c       | true
            public.😀*       | public | 😀x        | true
            "a.b"."c""d"     | a.b    | c"d        | true
            "A*".x           | A*     | x          | true
            "A*".x           | Ab     | x          | false
            public.acc       | public | ACC        | false
            pub[a-z]*.x      | public | x          | false
            *.\\E*           | a      | \\Ex       | true
            """)
    void matchesWholeNames(String pattern, String schema, String name, boolean expected) {
        assertThat(TablePattern.of(pattern).matches(new TableId(schema, name))).isEqualTo(expected);
    }

    @Test
    void matchesNamesWithLineEnds() {
        assertThat(TablePattern.of("public.a*").matches(new TableId("public", "a\nb")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "*", ".", "a.", ".b", "a.b.c", "\"a.b", "\"\".x", "\"a\"b.c", "a.\"b\"c"})
    void refusesWhatHasNotTwoParts(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TablePattern.of(pattern))
                .withMessageContaining("must be schema.table");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            *.*       | public.x       | true
            public.*  | public.audit_* | true
            public.*  | *.audit        | false
            public.a* | public.*       | false
            public.a? | public.a*      | false
            public.a? | public.a?      | true
            public.a* | public.a?      | true
            public.a? | public.ab      | true
            public.ab | public.a?      | false
            public.x  | public.x       | true
            p.a*c     | p.a*b*c        | true
            p.a*c     | p.*c           | false
            """)
    void coversOnlyWhatItCertainlyMatches(String wide, String narrow, boolean expected) {
        assertThat(TablePattern.of(wide).covers(TablePattern.of(narrow))).isEqualTo(expected);
    }

    @Test
    void namesOneTableUnlessItHasWildcards() {
        assertThat(TablePattern.of("public.a").exact()).contains(new TableId("public", "a"));
        assertThat(TablePattern.of("\"a.*\".\"q\"\"?\"").exact()).contains(new TableId("a.*", "q\"?"));
        assertThat(TablePattern.of("public.a*").exact()).isEmpty();
        assertThat(TablePattern.of("pub?ic.a").exact()).isEmpty();
    }
}
