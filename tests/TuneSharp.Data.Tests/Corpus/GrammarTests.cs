using TuneSharp.Data.Corpus;
using TuneSharp.Data.Corpus.Grammars;
using TuneSharp.Data.Corpus.SmallWorld;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests.Corpus;

public class GrammarTests
{
    private const string Words = "@person A B = name | he\nMia | she\nTom | he\n@item X = noun\nkite\n@adjective = word\nold\n@place P = name | preposition\npark | in\n";

    private static string Expand(string rules, ulong stream = 1)
    {
        var grammar = Grammar.Parse(("test", Words + rules));
        return new GrammarExpansion(grammar, new EnglishMorphology(grammar), new Pcg32(1, stream)).Expand("start");
    }

    [Fact]
    public void A_variable_keeps_its_word_and_no_two_variables_share_one()
    {
        for (ulong stream = 0; stream < 20; stream++)
        {
            string[] names = Expand("[start]\n{A} {B} {A} {B}", stream).Split(' ');

            names[0].ShouldBe(names[2]);
            names[1].ShouldBe(names[3]);
            names[0].ShouldNotBe(names[1]);
        }
    }

    [Fact]
    public void Forms_agree_with_the_word()
    {
        string text = Expand("[start]\n{A}: {A.he} {A.his} {A.him} {A.He}, {X.a}, {X.A}, {X.the.thing}, {P.At}");

        text.ShouldBeOneOf(
            "Mia: she her her She, an old kite, An old kite, the kite, In the park",
            "Tom: he his him He, an old kite, An old kite, the kite, In the park");
    }

    [Fact]
    public void A_call_binds_parameters_to_the_callers_variables()
    {
        string[] names = Expand("[start]\n{A} {B} <said B A>\n[said one two]\n<plain one> {two}\n[plain who]\n{who}").Split(' ');

        names[2].ShouldBe(names[1]);
        names[3].ShouldBe(names[0]);
    }

    [Fact]
    public void An_echo_repeats_what_was_said_word_for_word()
    {
        for (ulong stream = 0; stream < 20; stream++)
        {
            string[] halves = Expand("[start]\n<pick> = <=pick>\n[pick]\n<one> <one> <one>\n[one]\nred\nblue\ngreen", stream).Split(" = ");

            halves[1].ShouldBe(halves[0]);
        }
    }

    [Fact]
    public void A_weight_makes_an_alternative_as_likely_as_it_says()
    {
        int often = Enumerable.Range(0, 400).Count(i => Expand("[start]\n3* often\nseldom", (ulong)i) == "often");

        often.ShouldBeInRange(260, 340);
    }

    [Theory]
    [InlineData("[start]\n{A", "line 11: The '{' at column 1 is never closed.")]
    [InlineData("[start]\n<nowhere>", "no rule 'nowhere'")]
    [InlineData("[start]\n{Q}", "No kind of word has the variable 'Q'")]
    [InlineData("[start]\n<said A>\n[said one two]\n{one}", "calls 'said' with 1 variables; it takes 2")]
    [InlineData("[start]\nx\n[start]\ny", "'start' is written twice")]
    [InlineData("[start]", "'start' has no alternative")]
    [InlineData("[start]\n{A.wings}", "has no form 'wings'")]
    [InlineData("[start]\n<start>", "calls itself without end")]
    [InlineData("[start]\n<=pick>\n[pick]\nx", "repeats 'pick', which was not expanded before")]
    [InlineData("[start]\n<=pick>", "no rule 'pick'")]
    [InlineData("@bad = one | two\nthree", "has 2 columns (one | two), this one has 1")]
    public void Mistakes_are_named(string rules, string expected) =>
        Should.Throw<InvalidInputException>(() => Expand(rules)).Message.ShouldContain(expected);
}
