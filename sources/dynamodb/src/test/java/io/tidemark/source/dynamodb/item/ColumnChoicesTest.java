package io.tidemark.source.dynamodb.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.source.TypeChoices;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnChoicesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '!', textBlock = """
            S     ! uuid                          !
            S     ! date                          !
            S     ! time                          !
            S     ! timestamp                     !
            S     ! timestamp_tz                  !
            n     ! int32                         !
            N     ! int64                         !
            N     ! float64                       !
            N     ! decimal(20,4)                 !
            N     ! timestamp_tz                  !
            B     ! bytes                         !
            BOOL  ! boolean                       !
            SS    ! list<date>                    !
            NS    ! list<decimal(20,4)>           !
            BS    ! list<bytes>                   !
            SS    ! list<string>                  !
            L     ! list<list<int64>>             !
            M     ! struct<"a":date,"b":bytes>    !
            M     ! map<string,list<date>>        !
            N|S   ! int64                         !
            S     ! int64                         ! cannot be int64: S can be string or uuid or date
            S     ! decimal(9,2)                  ! cannot be decimal(9,2): S
            S     ! boolean                       ! cannot be boolean: S
            N     ! float32                       ! cannot be float32: N
            N     ! date                          ! cannot be date: N
            B     ! uuid                          ! cannot be uuid: B can be string or bytes
            BOOL  ! int32                         ! cannot be int32: BOOL can be string or boolean
            SS    ! list<int64>                   ! cannot be list<int64>: SS can be string or list<T> of what S can be
            NS    ! int64                         ! cannot be int64: NS
            L     ! list<float32>                 ! cannot be list<float32>: L
            L     ! struct<"a":date>              ! cannot be struct<"a":date>: L
            M     ! list<string>                  ! cannot be list<string>: M
            M     ! struct<"a":list<float32>>     ! cannot be struct
            M     ! map<string,float32>           ! cannot be map<string,float32>: M can be
            L     ! map<string,int64>             ! cannot be map
            B|S   ! int64                         ! cannot be int64: B|S can be string or bytes or uuid or date
            item  ! int64                         ! cannot be int64: item can be string
            NULL  ! string                        ! names no type that can be carried
            String! string                        ! names no type that can be carried
            ''    ! string                        ! names no type that can be carried
            """)
    void saysWhatATypeCannotBe(String type, String wanted, String expected) {
        assertThat(ColumnChoices.refusal(type, ColumnType.parse(wanted)).orElse(""))
                .startsWith(expected == null ? "" : expected)
                .matches(reason -> reason.isEmpty() == (expected == null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"S", "N", "B", "BOOL", "SS", "NS", "BS", "L", "M", "B|BOOL|L|N", "item"})
    void everythingCanBeString(String type) {
        assertThat(ColumnChoices.refusal(type, ColumnType.STRING)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', textBlock = """
            N ! int32         ! true
            N ! decimal(20,4) ! true
            N ! string        ! true
            B ! bytes         ! true
            N ! float64       ! false
            N ! timestamp_tz  ! false
            S ! uuid          ! false
            S ! timestamp_tz  ! false
            """)
    void keysAreOnlyWhatKeepsThemApart(String type, String wanted, boolean isPossible) {
        TypeChoices choices = new TypeChoices(Map.of(type, ColumnType.parse(wanted)), Map.of());
        assertThat(ColumnChoices.find(choices, Samples.TABLE, "k", type)).contains(ColumnType.parse(wanted));
        assertThat(ColumnChoices.findKey(choices, Samples.TABLE, "k", type).isPresent())
                .isEqualTo(isPossible);
    }
}
