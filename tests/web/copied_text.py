"""What word processors, spreadsheets and others put on the clipboard, as HTML."""

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<style>p.MsoNormal { color: red }</style></head><body>
<p class=MsoNormal style='margin:0cm'><b><span>Agenda</span></b><span> for <i>Monday</i></span><o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>\u00b7<span>&nbsp;&nbsp;</span></span><![endif]>First</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span
style='mso-list:Ignore'>1.<span>&nbsp;</span></span>Second</p>
<p class=MsoNormal>See <a href="https://example.org/a">the <s>old</s> page</a>.</p></body></html>"""
WORD_AS_MARKDOWN = """**Agenda** for _Monday_

- First
   1. Second

See [the ~~old~~ page](<https://example.org/a>)."""

WRITER = """<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1">
<h2 dir="ltr"><span style="font-weight:400">Plan</span></h2>
<p dir="ltr"><span style="font-weight:700">Bold</span><span style="font-weight:400"> and </span>\
<span style="font-style:italic">italic</span><span style="text-decoration:line-through"> gone</span></p>
<ol><li dir="ltr"><p><span>one</span></p></li><li><p><span>two</span></p><ul><li>deeper</li></ul></li></ol></b>"""
WRITER_AS_MARKDOWN = """## Plan

**Bold** and _italic_ ~~gone~~

1. one
2. two
   - deeper"""

SPREADSHEET = """<google-sheets-html-origin><style>td { border: 1px }</style><table>
<colgroup><col width="100"></colgroup><tbody>
<tr style="height:21px"><td style="font-weight:bold">Name</td><td>Pieces</td></tr>
<tr><td>Nuts | bolts</td><td>12</td></tr><tr><td></td><td>3</td></tr></tbody></table>"""
SPREADSHEET_AS_MARKDOWN = """| Name | Pieces |
| --- | --- |
| Nuts \\| bolts | 12 |
|  | 3 |"""

HOSTILE = """<img src=x onerror="window.hacked=1"><b>bold</b><script>window.hacked=1</script>
<svg onload="window.hacked=1"></svg><a href="javascript:window.hacked=1">link</a>
<img src="https://evil.example/x.png"><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>"""

CODE_EDITOR = '<div style="font-family: Menlo, monospace"><b>if</b> x:</div>'
CODE_EDITOR_IN_A_DOCUMENT = f"<html><head></head><body><!--StartFragment-->{CODE_EDITOR}</body></html>"
"""As Windows has it on its clipboard."""
