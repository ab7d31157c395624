package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

class JsonTextTest {
    @Test
    void onlyWhatMustBeEscapedIs() {
        StringBuilder out = new StringBuilder();
        JsonText.quote("\"\\/\b\f\n\r\t\0\u001f\u007f\u2028ü\uD83D\uDE00", out);
        assertThat(out.toString()).isEqualTo("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\u2028ü\uD83D\uDE00\"");
    }

    @Test
    void halfASurrogatePairIsEscaped() {
        StringBuilder out = new StringBuilder();
        JsonText.quote("\uDE00a\uD83D", out);
        assertThat(out.toString()).isEqualTo("\"\\ude00a\\ud83d\"");
    }

    @Test
    void everyCharacterComesBack() {
        StringBuilder all = new StringBuilder();
        for (int point = 0; point < 0x11000; point++) {
            all.appendCodePoint(point);
        }
        StringBuilder out = new StringBuilder();
        JsonText.quote(all.toString(), out);
        assertThat(JsonNode.parser().parse(out.toString()).asString()).isEqualTo(all.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '`', textBlock = """
            {'N':'1.50'}                           ! 1.50
            {'N':'-0'}                             ! -0
            {'N':'1E-130'}                         ! 1E-130
            {'N':'12345678901234567890123456789012345678'} ! 12345678901234567890123456789012345678
            {'N':'007'}                            ! 7
            {'N':'+1'}                             ! 1
            {'N':'.5'}                             ! 0.5
            {'N':'5.'}                             ! 5
            {'B':''}                               ! ''
            {'NULL':true}                          ! null
            {'BOOL':false}                         ! false
            {'SS':['b','a']}                       ! ['a','b']
            {'NS':['10','9.0']}                    ! [9.0,10]
            {'BS':['gA==','AQ==']}                 ! ['AQ==','gA==']
            {'L':[{'N':'2'},{'NULL':true},{'L':[]},{'M':{}}]} ! [2,null,[],{}]
            {'M':{'b':{'S':'\\\\'},'a':{'B':'AP8='},'\uD83D\uDE00':{'N':'1'},'\uE000':{'N':'2'}}} ! {'a':'AP8=','b':'\\\\','\uE000':2,'\uD83D\uDE00':1}
            """)
    void valuesAreJson(String value, String expected) {
        assertThat(JsonText.json(Samples.value(value))).isEqualTo(expected.replace('\'', '"'));
    }
}
