// Roles of columns, and texts as people enter them settled to the fields that are compared.
#include "core/dedup/lead_fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dedup/text_hash.hpp"
#include "counting_resource.hpp"
#include "error_code_of.hpp"
#include "match_leads.hpp"

namespace leadscore::dedup {
namespace {

using test::fields_of;
using test::WrittenLead;

TEST(Role, IsFoundByItsName) {
  for (std::size_t i = 0; i < kRoles; ++i) {
    const auto role = static_cast<Role>(i);
    EXPECT_EQ(find_role(name_of(role)), role);
    EXPECT_EQ(role_of_column(name_of(role)), role);
  }
  for (const std::string_view none : {"", "Email", "email ", "surname"}) {
    EXPECT_EQ(find_role(none), std::nullopt) << none;
  }
}

TEST(Role, OfAColumn) {
  const std::vector<std::pair<std::string_view, std::optional<Role>>> columns{{"surname", Role::last_name},
                                                                              {"given_name", Role::first_name},
                                                                              {"fio", Role::full_name},
                                                                              {"name", Role::full_name},
                                                                              {"middle_name", Role::patronymic},
                                                                              {"e_mail", Role::email},
                                                                              {"mobile", Role::phone},
                                                                              {"organisation", Role::company},
                                                                              {"street_address", Role::address},
                                                                              {"town", Role::city},
                                                                              {"zip", Role::postcode},
                                                                              {"dob", Role::birth_date},
                                                                              {"snils", Role::national_id},
                                                                              {"submitted_at", Role::created_at},
                                                                              {"", std::nullopt},
                                                                              {"id", std::nullopt},
                                                                              {"Name", std::nullopt},
                                                                              {"status", std::nullopt}};
  for (const auto& [column, role] : columns) {
    EXPECT_EQ(role_of_column(column), role) << column;
  }
}

TEST(Field, IsFoundByItsName) {
  for (std::size_t i = 0; i < kFields; ++i) {
    EXPECT_EQ(find_field(name_of(static_cast<Field>(i))), static_cast<Field>(i));
  }
  EXPECT_EQ(find_field("full_name"), std::nullopt);
  EXPECT_EQ(find_field(""), std::nullopt);
}

TEST(TextHash, TellsTextsApart) {
  std::vector<std::uint64_t> hashes;
  std::string text;
  for (int size = 0; size < 40; ++size) {
    hashes.push_back(hash_of(text));
    text += '\0';  // not even zeros vanish
  }
  for (const std::string_view other : {"a", "b", "ab", "ba", "12345678", "123456781", "12345678a", "\x80", "\xFF"}) {
    hashes.push_back(hash_of(other));
  }
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::adjacent_find(hashes.begin(), hashes.end()), hashes.end());
  // Indexes are made of it.
  EXPECT_EQ(hash_of("ivanov"), UINT64_C(838926750968634784));
}

LeadFields with(Role role, std::string text) { return fields_of({{{role, std::move(text)}}}); }

LeadFields named(std::string first, std::string last) {
  return fields_of({{{Role::first_name, std::move(first)}, {Role::last_name, std::move(last)}}});
}

LeadFields called(std::string full_name) { return with(Role::full_name, std::move(full_name)); }

TEST(LeadFields, OfNothing) {
  std::vector<WrittenLead> leads(4);
  for (std::size_t i = 0; i < kTextRoles; ++i) {
    leads[1].texts[static_cast<Role>(i)] = "";
    leads[2].texts[static_cast<Role>(i)] = " \t\n.,;-—\"'()";
    leads[3].texts[static_cast<Role>(i)] = "\xFF\xC0\x80\xED\xA0\x80";
  }
  for (const WrittenLead& lead : leads) {
    const LeadFields fields = fields_of(lead);
    for (std::size_t i = 0; i < kFields; ++i) {
      EXPECT_FALSE(fields.has(static_cast<Field>(i))) << name_of(static_cast<Field>(i)) << ' ' << (&lead - &leads[0]);
    }
    EXPECT_EQ(fields.at(), LeadText::kNoTime);
    EXPECT_FALSE(fields.email_is_name() || fields.email_is_role());
  }
}

TEST(LeadFields, KeepNothingOfTheLeadBefore) {
  StopToken stop;
  std::pmr::monotonic_buffer_resource memory;
  FieldReader reader(*contact::find_region("RU"), &memory);
  LeadFields fields;
  WrittenLead full{{{Role::full_name, "Иванов Иван Петрович"}, {Role::email, "ivanov@ya.ru"}, {Role::phone, "112233"}},
                   5};
  reader.read(full.text(), fields, stop);
  EXPECT_TRUE(fields.has(Field::patronymic) && fields.email_is_name());
  reader.read({}, fields, stop);
  for (std::size_t i = 0; i < kFields; ++i) {
    EXPECT_FALSE(fields.has(static_cast<Field>(i)));
  }
  for (std::size_t i = 0; i < kTextFields; ++i) {
    EXPECT_EQ(fields.text(static_cast<Field>(i)), "");
  }
  EXPECT_FALSE(fields.email_is_name());
}

TEST(LeadFields, NamesInBothScripts) {
  const LeadFields cyrillic = named("Александр", "Щукин");
  const LeadFields latin = named("ALEXANDER", "Shchukin");
  for (const Field field : {Field::last_name, Field::full_first_name, Field::whole_name, Field::last_name_sound}) {
    EXPECT_EQ(cyrillic.hash(field), latin.hash(field)) << name_of(field);
  }
  EXPECT_EQ(cyrillic.text(Field::last_name), latin.text(Field::last_name));
}

TEST(LeadFields, ShortNamesAndSwappedOnes) {
  EXPECT_EQ(named("Саша", "Щукин").hash(Field::whole_name), named("Александр", "Щукин").hash(Field::whole_name));
  EXPECT_EQ(named("Bob", "Smith").hash(Field::full_first_name), named("Robert", "Jones").hash(Field::full_first_name));
  EXPECT_NE(named("Bob", "Smith").hash(Field::first_name), named("Robert", "Smith").hash(Field::first_name));
  EXPECT_EQ(named("Щукин", "Саша").hash(Field::whole_name), named("Александр", "Щукин").hash(Field::whole_name));
  EXPECT_NE(named("Саша", "Щукин").hash(Field::whole_name), named("Маша", "Щукина").hash(Field::whole_name));
  EXPECT_FALSE(named("Саша", "").has(Field::whole_name));
  EXPECT_FALSE(named("", "Щукин").has(Field::whole_name));
}

TEST(LeadFields, FullNames) {
  const LeadFields expected =
      fields_of({{{Role::first_name, "Иван"}, {Role::last_name, "Сидоров"}, {Role::patronymic, "Петрович"}}});
  const std::vector<std::string> same{"Сидоров Иван Петрович",     "Иван Петрович Сидоров",
                                      "сидоров, иван петрович",    "Sidorov Ivan Petrovich",
                                      "г-н Сидоров Иван Петрович", "Иван Петрович Сидоров Jr"};
  for (const std::string& name : same) {
    const LeadFields fields = called(name);
    for (const Field field : {Field::first_name, Field::last_name, Field::patronymic, Field::whole_name,
                              Field::full_first_name, Field::last_name_sound}) {
      EXPECT_EQ(fields.text(Field::last_name), expected.text(Field::last_name)) << name;
      EXPECT_EQ(fields.hash(field), expected.hash(field)) << name << ' ' << name_of(field);
    }
  }
}

TEST(LeadFields, FullNamesInEitherOrder) {
  const std::vector<std::pair<std::string, std::string>> pairs{{"Smith Bob", "Bob Smith"},
                                                               {"Иванова Мария", "Мария Иванова"},
                                                               {"Римский-Корсаков Николай", "Николай Римский-Корсаков"},
                                                               {"John Smith III", "Smith John"}};
  for (const auto& [a, b] : pairs) {
    for (const Field field : {Field::first_name, Field::last_name, Field::whole_name}) {
      EXPECT_TRUE(called(a).has(field));
      EXPECT_EQ(called(a).hash(field), called(b).hash(field)) << a << ' ' << name_of(field);
    }
  }
  // Neither is a known first name: the first word is.
  EXPECT_EQ(called("Qwab Zxor").hash(Field::first_name), named("Qwab", "Zxor").hash(Field::first_name));
  // Two first names: the one that stands first.
  EXPECT_EQ(called("Павел Иван").hash(Field::first_name), named("Павел", "").hash(Field::first_name));
}

TEST(LeadFields, OneWordIsAFirstName) {
  for (const char* const name : {"Мария", "Qwabxor", "Ms Мария Jr"}) {
    const LeadFields fields = called(name);
    EXPECT_TRUE(fields.has(Field::first_name)) << name;
    EXPECT_FALSE(fields.has(Field::last_name)) << name;
  }
}

TEST(LeadFields, PatronymicAmongTheFirstNames) {
  const LeadFields fields = named("Анна Петровна", "Иванова");
  EXPECT_EQ(fields.hash(Field::first_name), named("Анна", "").hash(Field::first_name));
  EXPECT_EQ(fields.hash(Field::patronymic), with(Role::patronymic, "Петровна").hash(Field::patronymic));
  EXPECT_EQ(fields.hash(Field::last_name), named("", "Иванова").hash(Field::last_name));
  // Alone it may be all that is known of the name.
  EXPECT_TRUE(named("Петровна", "").has(Field::first_name));
}

TEST(LeadFields, PartsAreBelievedBeforeTheFullName) {
  const LeadFields fields =
      fields_of({{{Role::first_name, "Анна"}, {Role::last_name, "Иванова"}, {Role::full_name, "Мария Петрова"}}});
  EXPECT_EQ(fields.hash(Field::whole_name), named("Анна", "Иванова").hash(Field::whole_name));
}

TEST(LeadFields, AFullNameBesideOnePart) {
  const std::uint64_t anna = named("Анна", "Иванова").hash(Field::whole_name);
  const auto beside = [](Role role, std::string part, std::string full_name) {
    return fields_of({{{role, std::move(part)}, {Role::full_name, std::move(full_name)}}});
  };
  // It says nothing: the part stays.
  for (const char* const nothing : {"", "-", "Анна"}) {
    EXPECT_EQ(beside(Role::first_name, "Анна", nothing).hash(Field::first_name),
              named("Анна", "").hash(Field::first_name))
        << nothing;
  }
  EXPECT_EQ(beside(Role::last_name, "Иванова", "").hash(Field::last_name), named("", "Иванова").hash(Field::last_name));
  // It says the other part, as in tables with the columns name and surname.
  EXPECT_EQ(beside(Role::last_name, "Иванова", "Анна").hash(Field::whole_name), anna);
  EXPECT_EQ(beside(Role::first_name, "Анна", "Иванова").hash(Field::whole_name), anna);
  // It says both, in either order.
  EXPECT_EQ(beside(Role::last_name, "Иванова", "Анна Иванова").hash(Field::whole_name), anna);
  EXPECT_EQ(beside(Role::first_name, "Анна", "Иванова Анна").hash(Field::whole_name), anna);
  const LeadFields with_father = beside(Role::last_name, "Иванова", "Анна Петровна");
  EXPECT_EQ(with_father.hash(Field::whole_name), anna);
  EXPECT_TRUE(with_father.has(Field::patronymic));
  EXPECT_EQ(beside(Role::last_name, "Иванова", "Иванова Анна Петровна").hash(Field::whole_name), anna);
  // The part divides it where it could not be told otherwise.
  EXPECT_EQ(beside(Role::last_name, "Qwab", "Qwab Zxor").hash(Field::last_name),
            named("", "Qwab").hash(Field::last_name));
  EXPECT_EQ(beside(Role::last_name, "Qwab", "Qwab Zxor").hash(Field::first_name),
            named("Zxor", "").hash(Field::first_name));
}

TEST(LeadFields, LongTextsAreCutButTheirHashesAreNot) {
  const std::string a(kLongestField, 'b');
  const std::string b = a + "a";
  const std::string c = a + "k";
  for (const Role role : {Role::last_name, Role::city, Role::national_id}) {
    const Field field = *find_field(name_of(role));
    EXPECT_LE(with(role, c).text(field).size(), kLongestField);
  }
  EXPECT_EQ(with(Role::national_id, a).text(Field::national_id), a);
  EXPECT_EQ(with(Role::national_id, b).text(Field::national_id), a);
  EXPECT_NE(with(Role::national_id, a).hash(Field::national_id), with(Role::national_id, b).hash(Field::national_id));
  EXPECT_NE(with(Role::national_id, c).hash(Field::national_id), with(Role::national_id, b).hash(Field::national_id));
  const LeadFields address = with(Role::address, std::string(kLongestField - 1, '5') + " 6");
  EXPECT_EQ(address.text(Field::address), std::string(kLongestField - 1, '5'));  // a cut leaves no space at the end
  const LeadFields email = with(Role::email, std::string(300, 'a') + "@nowhere");
  EXPECT_EQ(email.text(Field::email).size(), kLongestField);
}

TEST(LeadFields, Emails) {
  const LeadFields plain = with(Role::email, "Ivan.Petrov+news@gmail.com");
  EXPECT_EQ(plain.text(Field::email), "ivanpetrov@gmail.com");
  EXPECT_EQ(plain.hash(Field::email), with(Role::email, "ivanpetrov@googlemail.com").hash(Field::email));
  EXPECT_EQ(plain.hash(Field::email_local_part),
            with(Role::email, "ivan-petrov@mail.ru").hash(Field::email_local_part));
  EXPECT_FALSE(plain.has(Field::company_domain));
  // Not an address, but what may have been meant for one.
  const LeadFields broken = with(Role::email, " Ivan Petrov@gmail");
  EXPECT_EQ(broken.text(Field::email), "ivanpetrov@gmail");
  EXPECT_EQ(broken.hash(Field::email_local_part), plain.hash(Field::email_local_part));
  EXPECT_FALSE(broken.has(Field::company_domain));
  for (const char* const none : {"no", "@", "@mail.ru", "-", "n/a"}) {
    EXPECT_FALSE(with(Role::email, none).has(Field::email)) << none;
    EXPECT_FALSE(with(Role::email, none).has(Field::email_local_part)) << none;
  }
  EXPECT_FALSE(with(Role::email, "иван@почта").has(Field::email_local_part));
}

TEST(LeadFields, RoleAddresses) {
  for (const char* const text : {"info@severstroi.ru", "Sales@mail.ru", "info@", "info@localhost"}) {
    const LeadFields fields = with(Role::email, text);
    EXPECT_TRUE(fields.has(Field::email)) << text;
    EXPECT_TRUE(fields.email_is_role()) << text;
    EXPECT_FALSE(fields.has(Field::email_local_part)) << text;
    EXPECT_FALSE(fields.email_is_name()) << text;
  }
  EXPECT_FALSE(with(Role::email, "infokova@severstroi.ru").email_is_role());
}

TEST(LeadFields, CompanyDomains) {
  const std::uint64_t company = with(Role::email, "a@severstroi.ru").hash(Field::company_domain);
  EXPECT_NE(company, 0U);
  EXPECT_EQ(with(Role::email, "info@mx.severstroi.ru").hash(Field::company_domain), company);
  for (const char* const text : {"a@gmail.com", "a@mail.ru", "a@mailinator.com", "a@mit.edu", "a@example.com"}) {
    EXPECT_TRUE(with(Role::email, text).has(Field::email)) << text;
    EXPECT_FALSE(with(Role::email, text).has(Field::company_domain)) << text;
  }
}

TEST(LeadFields, MailboxesCalledLikeThePerson) {
  const auto is_name = [](std::string email) {
    return fields_of({{{Role::first_name, "Мария"}, {Role::last_name, "Щукина"}, {Role::email, email}}})
        .email_is_name();
  };
  for (const char* const email : {"shchukina@mail.ru", "m.schukina@ya.ru", "maria@mail.ru", "shchukina7@mail.ru"}) {
    EXPECT_TRUE(is_name(email)) << email;
  }
  for (const char* const email : {"shchukina77@mail.ru", "sunny@mail.ru", "m@mail.ru", "info@shchukina.ru"}) {
    EXPECT_FALSE(is_name(email)) << email;
  }
  // A name of two letters is part of too many words.
  EXPECT_FALSE(fields_of({{{Role::last_name, "Ли"}, {Role::email, "alise@mail.ru"}}}).email_is_name());
}

TEST(LeadFields, Phones) {
  const std::uint64_t phone = with(Role::phone, "+7 916 123-45-67").hash(Field::phone);
  EXPECT_EQ(with(Role::phone, "+7 916 123-45-67").text(Field::phone), "79161234567");
  for (const char* const text : {"8 (916) 1234567", "9161234567", "79161234567", "tel. 8-916-123-45-67"}) {
    EXPECT_EQ(with(Role::phone, text).hash(Field::phone), phone) << text;
  }
  // Not a number, but what may have been meant for one.
  EXPECT_EQ(with(Role::phone, "8 916 123-45-6").text(Field::phone), "8916123456");
  for (const char* const none : {"12345", "no", "---", "00000000000", "111111", "+7 000 000 00 00"}) {
    EXPECT_FALSE(with(Role::phone, none).has(Field::phone))
        << none << ' ' << with(Role::phone, none).text(Field::phone);
  }
}

TEST(LeadFields, CompaniesAndPlaces) {
  EXPECT_EQ(with(Role::company, "ООО «Ромашка»").hash(Field::company),
            with(Role::company, "Romashka LLC").hash(Field::company));
  EXPECT_FALSE(with(Role::company, "ООО").has(Field::company));
  EXPECT_EQ(with(Role::city, "Санкт-Петербург").hash(Field::city),
            with(Role::city, "Sankt Peterburg").hash(Field::city));
  EXPECT_EQ(with(Role::address, "ул. Ленина, д. 5, кв. 12").hash(Field::address),
            with(Role::address, "ул Ленина д 5 кв 12").hash(Field::address));
  EXPECT_NE(with(Role::address, "ул. Ленина, 5").hash(Field::address),
            with(Role::address, "ул. Ленина, 6").hash(Field::address));
}

TEST(LeadFields, Codes) {
  EXPECT_EQ(with(Role::postcode, " sw1a-1aa ").text(Field::postcode), "sw1a1aa");
  EXPECT_EQ(with(Role::postcode, "SW1A 1AA").hash(Field::postcode),
            with(Role::postcode, "sw1a1aa").hash(Field::postcode));
  const std::uint64_t insurance = with(Role::national_id, "112-233-445 95").hash(Field::national_id);
  EXPECT_EQ(with(Role::national_id, "11223344595").hash(Field::national_id), insurance);
  // Signs beyond ASCII are as good as none, and letters have two sizes.
  EXPECT_EQ(with(Role::national_id, "112–233–445\u00A095").hash(Field::national_id), insurance);
  EXPECT_EQ(with(Role::national_id, "№ 11223344595").hash(Field::national_id),
            with(Role::national_id, "№11223344595").hash(Field::national_id));
  EXPECT_EQ(with(Role::national_id, "IV-МЮ 123456").hash(Field::national_id),
            with(Role::national_id, "iv мю 123456").hash(Field::national_id));
}

TEST(LeadFields, BirthDates) {
  const std::uint64_t date = with(Role::birth_date, "1990-12-31").hash(Field::birth_date);
  EXPECT_EQ(with(Role::birth_date, "1990-12-31").text(Field::birth_date), "19901231");
  for (const char* const text : {"19901231", "31.12.1990", "31/12/1990", "31-12-1990", "1990/12/31", "1990.12.31",
                                 "1990-12-31 00:00:00", "1990-12-31T10:20:30Z", " 31.12.1990 ", "31.12.1990 г."}) {
    EXPECT_EQ(with(Role::birth_date, text).hash(Field::birth_date), date) << text;
  }
  for (const char* const none : {"", "no", "1990", "31.12.90", "1990-12", "199012311", "infinity", "0000-00-00",
                                 "00.00.0000", "31 декабря 1990", "19-901231", "a1b9c9d01231"}) {
    EXPECT_FALSE(with(Role::birth_date, none).has(Field::birth_date)) << none;
  }
  // A typing error in it is no reason to forget it.
  EXPECT_EQ(with(Role::birth_date, "1990-13-31").text(Field::birth_date), "19901331");
}

TEST(FieldReader, RefusesNamesBeyondTheLimit) {
  StopToken stop;
  std::pmr::monotonic_buffer_resource memory;
  FieldReader reader(contact::Region(), &memory);
  LeadFields fields;
  const std::string text(contact::kMaxTextSize + 1, 'a');
  for (const Role role : {Role::first_name, Role::full_name, Role::company, Role::city}) {
    LeadText lead;
    lead[role] = text;
    EXPECT_EQ(test::error_code_of([&] { reader.read(lead, fields, stop); }), ErrorCode::limit_exceeded);
  }
}

TEST(FieldReader, FailsWithoutALeak) {
  const WrittenLead lead{{{Role::full_name, "Достоевская-Щукина Екатерина Александровна Джонатан"},
                          {Role::email, "dostoevskaya.schukina.ekaterina@severstroi.ru"},
                          {Role::company, "Общество с ограниченной ответственностью «Северный Ветер и Компания»"},
                          {Role::address, "улица Академика Королёва, дом 12, корпус 3, квартира 145"}},
                         5};
  const auto failed = test::fail_every_allocation([&](std::pmr::memory_resource* memory) {
    StopToken stop;
    FieldReader reader(*contact::find_region("RU"), memory);
    LeadFields fields;
    reader.read(lead.text(), fields, stop);
    return std::string(fields.text(Field::address));
  });
  EXPECT_GE(failed, 5U);
}

}  // namespace
}  // namespace leadscore::dedup
