using System.Diagnostics;
using System.Text.RegularExpressions;
using TuneSharp.Application.Languages;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Tests.Languages;

/// <summary>What the layers below say, in Chinese.</summary>
public sealed class MessageTranslationsTests
{
    private static readonly MessageTranslations Chinese = MessageTranslations.Chinese;

    [Theory]
    [InlineData("The file does not exist.", "文件不存在。")]
    [InlineData("Run 'first' is finished; there is nothing to go on with.", "运行“first”已完成，没有可继续的内容。")]
    [InlineData("Step 3 was skipped: its loss is not a finite number. The weights are as they were before it.", "已跳过第 3 步：其损失不是有限的数字。权重保持该步之前的值。")]
    [InlineData("`learning_rate` must be a number; this is `fast`.", "`learning_rate` 必须是数字，而这里是 `fast`。")]
    [InlineData("`learning_rate` is -1 and must be above 0.", "`learning_rate` 为 -1，必须大于 0。")]
    [InlineData("The file 'a.bin' is missing.", "文件 'a.bin' 缺失。")]
    [InlineData("32 rows to train on, 4 for validation, 2 for the test; 900 tokens, 100 of them learned; longest row 40 tokens. 3 broken rows were left out (skip_broken_rows).",
        "32 条样本用于训练，4 条用于验证，2 条用于测试；共 900 个词元，其中 100 个参与学习；最长样本 40 个词元。舍弃了 3 条有错误的样本（skip_broken_rows）。")]
    [InlineData("Role 'robot' is not known. Known roles: system, user and assistant.", "未知角色 'robot'。已知角色：system、user 和 assistant。")]
    [InlineData("The length of the value of 'general.name' says 1048576, but only 26 bytes follow. Get the file again.", "'general.name' 的值的长度为 1048576，但其后只有 26 字节。请重新获取文件。")]
    [InlineData("The metadata a.b is missing. It must be a whole number from 1 to 16777216. Get the file again.", "缺少元数据 a.b。它必须是 1 到 16777216 的整数。请重新获取文件。")]
    [InlineData("The tensor 't0' has 99 dimensions; at most 4 are allowed.", "张量 't0' 有 99 维，最多允许 4 维。")]
    [InlineData("hidden_size is missing. It must be a whole number from 1 to 9. Use another model.", "缺少 hidden_size。必须是 1 到 9 的整数。请使用其他模型。")]
    [InlineData("The checkpoint lacks the tensor a.b, expected with shape [32, 16].", "检查点缺少张量 a.b，其形状应为 [32, 16]。")]
    [InlineData("The tensor 'a' holds NaN or infinity and is not saved. Free space on the disk, check the permissions, or choose another folder.", "张量 'a' 含有 NaN 或无穷大，未保存。请清理磁盘空间、检查权限，或选择其他文件夹。")]
    public void Sentences(string english, string chinese) => Chinese.Translate(english).ShouldBe(chinese);

    [Theory]
    [InlineData("rows.jsonl, row 2, line 3, column 90: A comma stands before the closing brace. Remove that comma.", "rows.jsonl，第 2 条样本，第 3 行，第 90 列：右花括号之前多了一个逗号。请删除该逗号。")]
    [InlineData("/data/models/a b, c/config.json: The text is not valid JSON (line 1, column 3): 'x' is an invalid start of a value. Correct it there, or download the file again.",
        "/data/models/a b, c/config.json：文本不是有效的 JSON（第 1 行，第 3 列）：“x”不能作为值的开头。请在该处修正，或重新下载文件。")]
    [InlineData("chat template, line 4: There is no filter named 'shout'.", "对话模板，第 4 行：没有名为“shout”的过滤器。")]
    public void Sentences_WithTheirPlace(string english, string chinese) => Chinese.Translate(english).ShouldBe(chinese);

    [Fact]
    public void Error_HasPlaceProblemAndNextStep()
    {
        var error = new InvalidInputException("The header claims 9 bytes, but the file has only 8. It was cut short.", "/m/model.safetensors", "Download or copy it again.");
        Chinese.Translate(error).ShouldBe("/m/model.safetensors：文件头声称有 9 字节，而文件只有 8 字节。文件不完整。请重新下载或复制。");
        Chinese.Translate(Should.Throw<InvalidInputException>(() => SafeName.Check("a.b", "run name"))).ShouldBe("无法使用运行名称 'a.b'。不允许含有 '.'。请使用字母和数字，其间可用“-”或“_”。");
    }

    [Fact]
    public void DataProblem_HasPlaceReasonAndFix() =>
        Chinese.Translate(new DataProblem(ProblemSeverity.Error, ProblemKind.WrongType, "history is a number, not a list of pairs.", "Remove it.") { File = "a/b.jsonl", Row = 2, Line = 5, Field = "history" })
            .ShouldBe("b.jsonl，第 2 条样本，第 5 行，字段 history：history 是数字，不是成对的列表。请删除它。");

    [Theory]
    [InlineData("")]
    [InlineData("Nobody ever wrote this sentence.")]
    [InlineData("What he says is not what she means.")]
    [InlineData("没有名为“first”的运行。")]
    [InlineData("float32")]
    public void WhatNoTemplateFits_StaysAsItIs(string text) => Chinese.Translate(text).ShouldBe(text);

    [Fact]
    public void AnUnknownSentence_StaysBetweenKnownOnes() =>
        Chinese.Translate("The file does not exist. Something new happened. Remove it.").ShouldBe("文件不存在。Something new happened. 请删除它。");

    [Fact]
    public void NamesInQuotes_AreNeverTranslated() =>
        Chinese.Translate("There is already a run named 'a number'; nothing was written over.").ShouldBe("已有名为“a number”的运行，没有覆盖任何内容。");

    [Fact]
    public void HostileTexts_CostLittle()
    {
        string[] texts =
        [
            new('a', 1_000_000), string.Concat(Enumerable.Repeat("is ", 1300)), string.Concat(Enumerable.Repeat("a: b is c. ", 360)), string.Concat(Enumerable.Repeat("`x` is ", 550)) + ".",
            string.Concat(Enumerable.Repeat("The file cannot be read: ", 150)) + ".", string.Concat(Enumerable.Repeat("{0} is {1}. ", 300)), new string('\0', 3999), string.Concat(Enumerable.Repeat(". ", 1999)),
        ];
        foreach (string text in texts)
        {
            long start = Stopwatch.GetTimestamp();
            Chinese.Translate(text).ShouldNotBeNull();
            Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeLessThan(5, text[..20]);
        }
    }

    [Fact]
    public void EveryTemplate_IsRecognised()
    {
        List<string> wrong = [];
        foreach (MessageTemplate template in Chinese.Templates)
        {
            static string Put(string text) => Regex.Replace(text, @"\{(\d)\}", hole => $"v{hole.Groups[1].Value}");
            string translated = Chinese.Translate(Put(template.Source)), expected = template.TranslatedLiterals[0];
            for (int i = 0; i < template.TranslatedHoles.Length; i++) expected += $"v{template.TranslatedHoles[i]}" + template.TranslatedLiterals[i + 1];
            if (translated.Replace(" ", "") != expected.Replace(" ", "")) wrong.Add($"{Put(template.Source)} → {translated}");
        }

        wrong.Count.ShouldBe(0, string.Join('\n', wrong));
    }

    [Fact]
    public void Table_IsSortedAndSpeaksChinese()
    {
        string[] known = [.. Chinese.Known];
        known.Length.ShouldBeGreaterThan(1000);
        known.ShouldBe(known.Distinct(StringComparer.Ordinal));
        foreach (MessageTemplate template in Chinese.Templates)
        {
            string chinese = string.Concat(template.TranslatedLiterals);
            if (template.Source.EndsWith('.')) chinese.EndsWith('.').ShouldBeFalse(template.Source);
            Regex.IsMatch(chinese, "[\u4e00-\u9fff][,;:?!]|[,;?!][\u4e00-\u9fff]").ShouldBeFalse($"'{template.Source}' has a narrow punctuation mark in its translation.");
            Regex.IsMatch(chinese, "[\u4e00-\u9fff][A-Za-z0-9`]|[A-Za-z0-9`][\u4e00-\u9fff]").ShouldBeFalse($"'{template.Source}' lacks a blank between a Chinese character and a word: {chinese}");
        }
    }
}
