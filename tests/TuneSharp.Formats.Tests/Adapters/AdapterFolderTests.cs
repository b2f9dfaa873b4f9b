using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Formats.Tests.Files;

namespace TuneSharp.Formats.Tests.Adapters;

public sealed class AdapterFolderTests
{
    private static readonly JsonObject Config = new() { ["peft_type"] = "LORA", ["r"] = 2, ["lora_dropout"] = 0.0, ["target_modules"] = new JsonArray("v_proj", "q_proj") };

    private static TensorToWrite[] Tensors(float value = 1) =>
        [new("base_model.model.q.lora_A.weight", TensorDType.F32, [2, 2], stream => stream.Write(MemoryMarshal.AsBytes<float>([value, 2, 3, 4])))];

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        using var folder = new TemporaryFolder();
        AdapterFolder.Write(folder["a"], Config, Tensors());
        using AdapterFolder adapter = AdapterFolder.Open(folder["a"]);
        adapter.PeftType.ShouldBe("LORA");
        adapter.Fields.GetInt("r", 1, 100).ShouldBe(2);
        adapter.Weights.Metadata["format"].ShouldBe("pt");
        adapter.Weights.Require("base_model.model.q.lora_A.weight").Shape.ShouldBe([2L, 2L]);
        File.ReadAllText(folder["a/adapter_config.json"]).ShouldContain("\"lora_dropout\": 0.0,\n  \"peft_type\"");
        Should.Throw<InvalidInputException>(() => AdapterFolder.Write(folder["a"], Config, Tensors())).Message.ShouldContain("holds an adapter already");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void NonFiniteWeightsAreNeitherSavedNorLoaded(float value)
    {
        using var folder = new TemporaryFolder();
        Should.Throw<NonFiniteWeightsException>(() => AdapterFolder.Write(folder["a"], Config, Tensors(value))).Tensor.ShouldBe("base_model.model.q.lora_A.weight");
        Directory.GetFileSystemEntries(folder["a"]).ShouldBeEmpty();
        File.WriteAllText(folder["a/adapter_config.json"], Config.ToJsonString());
        SafetensorsWriter.Write(folder["a/adapter_model.safetensors"], Tensors(value));
        Should.Throw<NonFiniteWeightsException>(() => AdapterFolder.Open(folder["a"])).Message.ShouldContain("lora_A");
    }

    [Fact]
    public void WhicheverCallFailsNoHalfAdapterRemains()
    {
        using var folder = new TemporaryFolder();
        int failures = 0;
        for (int n = 1; ; n++)
        {
            var disk = new FailingDisk(n);
            using (SaveDisk.Replace(disk))
            {
                try { AdapterFolder.Write(folder["a"], Config, Tensors()); }
                catch (SaveFailedException e)
                {
                    failures++;
                    if (Directory.Exists(folder["a"]) && !e.InPlace) Directory.GetFileSystemEntries(folder["a"]).ShouldBeEmpty($"call {n}");
                }
            }
            if (!disk.Failed) break;
            if (Directory.Exists(folder["a"])) Directory.Delete(folder["a"], recursive: true);
        }
        failures.ShouldBeGreaterThan(10);
        AdapterFolder.Open(folder["a"]).Dispose();
    }

    [Theory]
    [InlineData("""{"r":4}""", "peft_type is missing")]
    [InlineData("""{"peft_type":"WARPDRIVE"}""", "WARPDRIVE")]
    [InlineData("""{"peft_type":7}""", "peft_type is 7")]
    [InlineData("""{"peft_type":"LORA","lora_alpha":NaN}""", "adapter_config.json")]
    [InlineData("""{"peft_type":"LORA",""", "adapter_config.json")]
    public void ConfigsThatCannotBeUsedAreRefused(string config, string said)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["adapter_config.json"], config);
        SafetensorsWriter.Write(folder["adapter_model.safetensors"], Tensors());
        Should.Throw<InvalidInputException>(() => AdapterFolder.Open(folder.Path)).Message.ShouldContain(said);
    }

    [Fact]
    public void MissingFilesEmptyWeightsAndPicklesAreNamed()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<InvalidInputException>(() => AdapterFolder.Open(folder["gone"])).Message.ShouldContain("does not exist");
        Should.Throw<InvalidInputException>(() => AdapterFolder.Open(folder.Path)).Message.ShouldContain("no adapter_config.json");
        File.WriteAllText(folder["adapter_config.json"], Config.ToJsonString());
        Should.Throw<InvalidInputException>(() => AdapterFolder.Open(folder.Path)).Message.ShouldContain("no adapter_model.safetensors");
        File.WriteAllText(folder["adapter_model.bin"], "x");
        string pickle = Should.Throw<InvalidInputException>(() => AdapterFolder.Open(folder.Path)).Message;
        pickle.ShouldContain("adapter_model.bin");
        pickle.ShouldContain("safetensors version");
        SafetensorsWriter.Write(folder["adapter_model.safetensors"], []);
        Should.Throw<InvalidInputException>(() => AdapterFolder.Open(folder.Path)).Message.ShouldContain("no tensor");
    }

    [Fact]
    public void AdaptersThatPeftWroteAreWrittenBackByteForByte()
    {
        using var folder = new TemporaryFolder();
        int compared = 0;
        foreach (string configPath in Directory.EnumerateFiles(SharedFixtures.Folder("training/peft"), "adapter_config.json", SearchOption.AllDirectories))
        {
            string source = Path.GetDirectoryName(configPath)!, target = folder[$"a{compared++}"];
            using AdapterFolder adapter = AdapterFolder.Open(source);
            AdapterFolder.Write(target, adapter.Config, [.. adapter.Weights.Tensors.Values.Select(entry => new TensorToWrite(entry.Name, entry.DType, entry.Shape, stream => stream.Write(adapter.Weights.ReadBytes(entry))))]);
            foreach (string file in new[] { "adapter_config.json", "adapter_model.safetensors" })
                File.ReadAllBytes(Path.Combine(target, file)).ShouldBe(File.ReadAllBytes(Path.Combine(source, file)), $"{source}/{file}");
        }
        compared.ShouldBeGreaterThan(50);
    }
}
