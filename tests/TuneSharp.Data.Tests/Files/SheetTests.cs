using System.IO.Compression;
using System.Text;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests.Files;

public sealed class SheetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // A workbook as spreadsheets write it: shared texts (one in two runs with a reading aid), a number, a formula, a gap, an empty row.
    private string Workbook(string sheet)
    {
        string path = System.IO.Path.Combine(_folder.Path, "rows.xlsx");
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Write(zip, "xl/workbook.xml", """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Rows" sheetId="7" r:id="rId3"/><sheet name="Notes" sheetId="8" r:id="rId1"/></sheets></workbook>""");
        Write(zip, "xl/_rels/workbook.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId3" Target="worksheets/sheet2.xml"/></Relationships>""");
        Write(zip, "xl/sharedStrings.xml", """<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>instruction</t></si><si><t>output</t></si><si><r><t xml:space="preserve">What do </t></r><r><t>cows eat?</t></r><rPh sb="0" eb="1"><t>reading</t></rPh></si><si><t xml:space="preserve">Grass,_x000D_&#10;and hay.</t></si></sst>""");
        Write(zip, "xl/worksheets/sheet1.xml", """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>""");
        Write(zip, "xl/worksheets/sheet2.xml", $"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{sheet}</sheetData></worksheet>""");
        return path;
    }

    private static void Write(ZipArchive zip, string name, string xml)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open(), new UTF8Encoding(false));
        writer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + xml);
    }

    private const string Header = """<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><t>input</t></is></c></row>""";

    [Fact]
    public void Read_Workbook_GivesTheRowsOfItsFirstSheet()
    {
        string path = Workbook(Header + """<row r="2"><c r="A2" t="s"><v>2</v></c><c r="C2" t="s"><v>3</v></c></row><row r="3"/><row r="5"><c r="A5" t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c r="B5"><v>1.5</v></c><c r="C5" t="b"><v>1</v></c></row>""");
        DatasetReader reader = DatasetReader.Open(path);
        List<ConversationRow> rows = [.. reader.Read().Cast<ConversationRow>()];
        reader.Layout.ShouldBe(FileLayout.Sheet);
        rows.Select(row => row.Messages[0].Content).ShouldBe(["What do cows eat?", "ab\n1.5"]);
        rows.Select(row => row.Messages[1].Content.Replace("\r", "", StringComparison.Ordinal)).ShouldBe(["Grass,\nand hay.", "true"]);
        rows.Select(row => (row.Source.Row, row.Source.Line)).ShouldBe([(1, 2), (2, 5)]);
    }

    [Fact]
    public void Read_CellBeyondTheHeader_NamesTheSheetsRow()
    {
        string path = Workbook(Header + """<row r="2"><c r="A2" t="s"><v>2</v></c><c r="C2" t="s"><v>3</v></c><c r="F2"><v>9</v></c></row>""");
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(path).Read().Count()).Message.ShouldContain("rows.xlsx, row 1, line 2");
    }

    [Theory]
    [InlineData("""<row r="1"><c r="A1" t="s"><v>99</v></c></row>""", "does not exist")]
    [InlineData("""<row r="1"><c r="A1" t="s"><v>0</v></row>""", "damaged")]
    [InlineData("", "empty")]
    public void Open_DamagedWorkbook_SaysSo(string sheet, string expected) =>
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(Workbook(sheet))).Message.ShouldContain(expected);

    [Fact]
    public void Open_NoZip_SaysSo() => Should.Throw<InvalidInputException>(() => DatasetReader.Open(_folder.Write("rows.xlsx", "instruction,output"))).Message.ShouldContain("workbook");

    [Fact]
    public void Open_EntityDefinitions_AreRefused()
    {
        string path = System.IO.Path.Combine(_folder.Path, "bomb.xlsx");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
            Write(zip, "xl/worksheets/sheet1.xml", """<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]><worksheet><sheetData><row r="1"><c t="str"><v>&a;</v></c></row></sheetData></worksheet>""");
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(path)).Message.ShouldContain("damaged");
    }
}
