package io.tidemark.workload.bank;

import io.tidemark.workload.run.TextPools;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Values of single fields, drawn from a random stream and the text pools. */
final class BankRows {
    /** The number of the first account; the others follow. */
    static final long ACCOUNT_FIRST = 1_000_000;

    private static final int NOTE_NULL_PERCENT = 5;
    private static final int NOTE_EMPTY_PERCENT = 1;
    private static final int AMOUNT_CENTS_MAX_EXPONENT = 7;
    private static final String[] CURRENCIES = {"EUR", "EUR", "EUR", "PLN", "JPY", "USD"};
    private static final int[] BANK_CODES = {10050000, 20050550, 37040044, 50010517, 70150000, 76026000};
    /** The letters D and E as numbers and the empty check digits, as ISO 13616 appends them to compute the check digits. */
    private static final long GERMANY_SUFFIX = 131_400;

    private static final int IBAN_MODULUS = 97;

    private BankRows() {}

    /** From a cent to a hundred thousand, small amounts more often. */
    static long amountCents(SplittableRandom random) {
        return 1 + (long) Math.pow(10, random.nextDouble() * AMOUNT_CENTS_MAX_EXPONENT);
    }

    /** A note, sometimes null or empty. */
    static <T> @Nullable T note(T[] notes, T empty, SplittableRandom random) {
        int percent = random.nextInt(100);
        if (percent < NOTE_NULL_PERCENT) {
            return null;
        }
        return percent < NOTE_NULL_PERCENT + NOTE_EMPTY_PERCENT ? empty : TextPools.pick(notes, random);
    }

    static String currency(SplittableRandom random) {
        return TextPools.pick(CURRENCIES, random);
    }

    static String profileJson(SplittableRandom random) {
        return "{\"segment\": \"" + (random.nextBoolean() ? "private" : "business") + "\", \"score\": "
                + random.nextInt(1_000) + ", \"alerts\": [" + random.nextBoolean() + ", null]}";
    }

    /** A German IBAN with right check digits, another one for each account. */
    static String iban(long account, SplittableRandom random) {
        int bank = BANK_CODES[random.nextInt(BANK_CODES.length)];
        long rest = bank;
        rest = (rest * 10_000_000_000L + account) % IBAN_MODULUS;
        rest = (rest * 1_000_000 + GERMANY_SUFFIX) % IBAN_MODULUS;
        return String.format("DE%02d%08d%010d", IBAN_MODULUS + 1 - rest, bank, account);
    }

    static byte[][] utf8(String[] texts) {
        byte[][] bytes = new byte[texts.length][];
        for (int i = 0; i < texts.length; i++) {
            bytes[i] = texts[i].getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }
}
