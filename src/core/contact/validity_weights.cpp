// The weight of each signal against a contact, with its reason, and what the weights come to.
#include "core/contact/validity.hpp"

#include <cmath>

namespace leadscore::contact {

namespace {

// Arrays of characters, not pointers: the table stays in read-only memory that all backends share.
struct SignalRecord {
  char name[28];
  char reason[132];
  double weight;
};

// In natural logarithms of odds: 1 makes a genuine contact 2.7 times less likely. Weights of 2.5 and more are for what
// people who want an answer hardly ever write, 1 to 2 for slips that are also made in earnest (a mistyped number), and
// below 1 for habits of many real customers, which count only together.
constexpr SignalRecord kRecords[] = {
    {"joke_name", "The name is a test's or a joke's (тест, John Doe); real namesakes exist, so even odds remain.", 4},
    {"keyboard_walk_name", "Neighbouring keys instead of a name (qwerty, фыва, 12345).", 3},
    {"address_in_name", "A URL or an e-mail address in the name: how spam bots fill every field.", 3},
    {"disposable_email", "A mailbox made to be thrown away: the sender does not want to be reached.", 3},
    {"repeated_letters", "One letter or syllable again and again (аааа, хахаха) in the name or the mailbox.", 2.5},
    {"gibberish_name", "A word with pairs of letters that names hardly have; 1 % of rare foreign names have them.",
     2.5},
    {"name_without_letters", "Only digits or punctuation: the field was required and the answer refused.", 2.5},
    {"fields_equal", "Two fields with the same text: a script, or the answer refused.", 2.5},
    {"joke_email", "A mailbox that tests and jokes use (test@, asd@, noname@).", 2.5},
    {"repeated_phone_digits", "Seven equal digits in a row, or a pair five times; few real numbers are so beautiful.",
     2},
    {"consecutive_phone_digits", "1234567 within the number; few real numbers have it.", 2},
    {"overlong_name", "A name of over 256 bytes is a message.", 1.5},
    {"digits_in_name", "Names have no digits; nicknames and test data do, and now and then a remark.", 1.5},
    {"impossible_phone", "No valid number: invented, but also mistyped.", 1.5},
    {"invalid_email", "Not an address: invented, but also mistyped.", 1.5},
    {"single_letter_name", "A name of one letter: in a hurry or unwilling.", 1.25},
    {"keyboard_walk_email", "Neighbouring keys in the mailbox (qwerty@); some people do have such an address.", 1},
    {"nickname_with_digits", "SuperDrakon12345@: not the mailbox used for business, but a real one.", 0.75},
    {"gibberish_email", "A mailbox of improbable letters; abbreviations are often like that.", 0.75},
    {"name_equals_email", "The mailbox typed as the name: a script, or a nickname in both.", 0.75},
    {"lower_case_name", "A name without a capital: scripts, haste, and many people on telephones.", 0.5},
    {"mixed_scripts", "Latin and Cyrillic letters in one word: filters dodged, or the layout switched too late.", 0.5},
    {"role_email", "A mailbox of a role (info@) instead of a person's; usual in small companies.", 0.375},
    {"wrong_keyboard_layout", "A name typed in the other layout: careless, but a person.", 0.25},
    {"free_email", "A private mailbox: normal for consumers, less so for companies.", 0.25},
};

static_assert(sizeof kRecords / sizeof *kRecords == kSignals);
static_assert(static_cast<std::size_t>(Signal::free_email) + 1 == kSignals);
static_assert(
    [] {
      for (std::size_t i = 1; i < kSignals; ++i) {
        if (kRecords[i].weight > kRecords[i - 1].weight) {
          return false;
        }
      }
      return true;
    }(),
    "signals are told from the heaviest to the lightest");

const SignalRecord& record_of(Signal signal) noexcept { return kRecords[static_cast<std::size_t>(signal)]; }

}  // namespace

std::string_view name_of(Signal signal) noexcept { return static_cast<const char*>(record_of(signal).name); }

double weight_of(Signal signal) noexcept { return record_of(signal).weight; }

std::string_view reason_of(Signal signal) noexcept { return static_cast<const char*>(record_of(signal).reason); }

double contact_validity(Signals signals) noexcept {
  double log_odds = kGenuineLogOdds;
  for (const Signal signal : signals) {
    log_odds -= weight_of(signal);
  }
  return 1 / (1 + std::exp(-log_odds));
}

std::optional<double> contact_validity(const ContactFields& fields) noexcept {
  if (!has_contact(fields)) {
    return {};
  }
  return contact_validity(contact_signals(fields));
}

}  // namespace leadscore::contact
