<<<<<<<< HEAD:src/synopticon/web/static/assets/may-aCOv3mrS.js
import{D as e,N as t,p as n}from"./Loaded-Dgj6W3EC.js";import{p as r}from"./index-D6JBScV8.js";var i=t();function a(t,a=!1){let o=r(),s=a?null:o,{text:c}=n(),[l,u]=(0,i.useState)(!1);return(0,i.useEffect)(()=>{let n=new AbortController;return e(`/api/explain`,{capability:t,case:s,reason:c},n.signal).then(e=>u(e.every(e=>e.holds)),()=>u(!1)),()=>n.abort()},[t,s,c]),l}export{a as t};
========
import{D as e,N as t,p as n}from"./Loaded-BPIpdLVi.js";import{p as r}from"./index-CC0bDVkz.js";var i=t();function a(t,a=!1){let o=r(),s=a?null:o,{text:c}=n(),[l,u]=(0,i.useState)(!1);return(0,i.useEffect)(()=>{let n=new AbortController;return e(`/api/explain`,{capability:t,case:s,reason:c},n.signal).then(e=>u(e.every(e=>e.holds)),()=>u(!1)),()=>n.abort()},[t,s,c]),l}export{a as t};
>>>>>>>> ev-places:src/synopticon/web/static/assets/may-CIdFJyJS.js
